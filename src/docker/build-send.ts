import { TallymanError } from "../error.ts";
import type { BuildContext } from "./build-context.ts";
import { buildError } from "./build-error.ts";
import { BuildProgress, type BuildStatus } from "./build-progress.ts";
import type { BuildQuery } from "./build-query.ts";
import { contextTar } from "./build-tar.ts";
import type { EngineClient } from "./engine-client.ts";
import { engineText } from "./engine-error.ts";
import { jsonLines, streamBody } from "./stream-body.ts";
import { within } from "./within.ts";

export interface BuildToSend {
  readonly serviceName: string;
  readonly query: BuildQuery;
  /** Null when nothing goes with the request. */
  readonly context: BuildContext | null;
  readonly progress: (text: string) => void;
}

/** A step may be silent for long, but not forever. */
const SILENCE_MS = 1_800_000;

/** Asks for a build and follows it to its end. Throws BuildFailed, DiskFull, what a missing base image is, or what any Engine call throws. */
export async function sendBuild(
  client: EngineClient,
  { serviceName, query, context, progress }: BuildToSend,
  signal: AbortSignal,
): Promise<void> {
  const what = `build ${serviceName}`;
  const file = context ? contextTar(context, signal) : Buffer.alloc(0);
  const sent = Promise.withResolvers<never>();
  if (!Buffer.isBuffer(file)) file.on("error", sent.reject);
  sent.promise.catch(() => undefined);
  const request = { method: "POST", path: "/build", query, file, what, deadlineMs: SILENCE_MS } as const;
  try {
    const body = await Promise.race([client.stream(request, signal), sent.promise]);
    await followBuild(streamBody(body, what, signal), serviceName, what, progress, sent.promise, signal);
  } catch (thrown) {
    throw refused(serviceName, thrown);
  } finally {
    if (!Buffer.isBuffer(file)) file.destroy();
  }
}

async function followBuild(
  body: AsyncGenerator<Buffer>,
  serviceName: string,
  what: string,
  show: (text: string) => void,
  sent: Promise<never>,
  signal: AbortSignal,
): Promise<void> {
  const progress = new BuildProgress(show);
  const statuses = jsonLines<BuildStatus>(body);
  for (;;) {
    const next = within(SILENCE_MS, what, signal, () => statuses.next());
    const { done, value: status } = await Promise.race([next, sent]);
    if (done) return;
    // The head said 200 long ago: a failure comes as a line of its own.
    if (status.error) throw buildError(serviceName, status, progress);
    progress.follow(status, Date.now());
  }
}

/** What the Engine refuses before it begins (a wrong name, an unknown target) is a fault of the file as well. */
function refused(serviceName: string, thrown: unknown): unknown {
  if (!(thrown instanceof TallymanError) || thrown.reason !== "EngineRefused") return thrown;
  return new TallymanError("BuildFailed", `services.${serviceName}.build: ${engineText(thrown)}`, {
    hint: "Correct the build section of the Compose file or the Dockerfile.",
    cause: thrown,
  });
}
