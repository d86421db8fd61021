import type { LogLine, LogOptions } from "../engine.ts";
import { TallymanError } from "../error.ts";
import { durationMs } from "../quantity.ts";
import type { EngineClient } from "./engine-client.ts";
import { framedLogDecoder, rawLogDecoder } from "./log-lines.ts";
import { inspectContainer } from "./observe.ts";
import { streamBody, untilAborted } from "./stream-body.ts";

/**
 * Lines of one container's output, oldest first. Ends at the log's end, with `follow` at the container's end or when `signal` aborts.
 * Throws NotFound when the container is gone, EngineRefused when its logging driver can't be read, EngineUnreachable when cut.
 */
export async function* logs(
  client: EngineClient,
  containerId: string,
  options: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const container = await inspectContainer(client, containerId, signal);
  if (!container)
    throw new TallymanError("NotFound", `Container ${containerId} is gone.`, {
      hint: "Look at the stack's containers again.",
    });
  const what = `read the log of ${container.Name.slice(1)}`;
  const body = await client.stream(
    { method: "GET", path: `/containers/${encodeURIComponent(containerId)}/logs`, query: logQuery(options), what },
    signal,
  );
  const decoder = container.Config.Tty ? rawLogDecoder() : framedLogDecoder();
  for await (const chunk of untilAborted(streamBody(body, what, signal), signal)) yield* decoder.push(chunk);
  yield* decoder.end();
}

function logQuery({ tail, follow, since }: LogOptions): Record<string, string> {
  return {
    stdout: "1",
    stderr: "1",
    timestamps: "1",
    tail: tail === undefined ? "all" : String(tail),
    ...(follow ? { follow: "1" } : {}),
    ...(since === undefined ? {} : { since: engineTime(since, Date.now()) }),
  };
}

/** RFC 3339, Unix seconds or a duration before `nowMs`, as the Unix seconds that the Engine wants. Throws InvalidInput. */
export function engineTime(since: string, nowMs: number): string {
  if (/^\d+(\.\d{1,9})?$/.test(since)) return since;
  const isTime = /^\d{4}-\d{2}-\d{2}T/.test(since);
  const moment = isTime ? Date.parse(since) : nowMs - durationMs(since);
  if (Number.isNaN(moment))
    throw new TallymanError("InvalidInput", `"${since}" is no time.`, {
      hint: "Write it like 2026-01-31T12:00:00Z, as Unix seconds, or as a duration such as 10m.",
    });
  // Dates know milliseconds only, the Engine's own stamps nanoseconds.
  const fraction = isTime ? /\.(\d{1,9})/.exec(since)?.[1] : undefined;
  return `${Math.floor(moment / 1000)}.${fraction ?? String(moment % 1000).padStart(3, "0")}`;
}
