import { TallymanError } from "../error.ts";
import type { Client } from "./client.ts";
import { pause } from "./pause.ts";
import { textLines } from "./text-lines.ts";

/** One line of `logs --json`. */
export interface LogEntry {
  /** RFC 3339 with nanoseconds. */
  readonly at: string;
  readonly stream: "stdout" | "stderr";
  readonly service: string;
  readonly container: string;
  readonly text: string;
  /** In place of `text`: this container's output cannot be read. */
  readonly error?: { readonly message: string };
}

export interface LogRequest {
  readonly stackName: string;
  readonly serviceName: string | undefined;
  readonly since: string | undefined;
  readonly tail: number;
  readonly follow: boolean;
}

/** As many as the daemon gives; after a cut nothing between may be left out. */
const MOST_LINES = 10_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/**
 * The stack's log lines; with `follow` until the signal aborts. A cut connection is taken up again after the last line seen of each
 * container; only a first connection that fails throws, and a stack that is gone. `onCut` hears of every outage once.
 */
export async function* logEntries(
  client: Client,
  request: LogRequest,
  signal: AbortSignal,
  onCut: () => void,
): AsyncIterable<LogEntry> {
  const lastAt = new Map<string, string>();
  let known: ReadonlyMap<string, string> = new Map();
  let wanted = request;
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      for await (const entry of entriesOnce(client, wanted)) {
        pauseMs = FIRST_PAUSE_MS;
        if (entry.at <= (known.get(entry.container) ?? "")) continue;
        if (!entry.error) lastAt.set(entry.container, entry.at);
        yield entry;
      }
      if (!request.follow) return;
    } catch (thrown) {
      if (signal.aborted) return;
      const isCut = thrown instanceof TallymanError && thrown.reason === "DaemonUnreachable" && lastAt.size > 0;
      if (!request.follow || !isCut) throw thrown;
      if (pauseMs === FIRST_PAUSE_MS) onCut();
    }
    known = new Map(lastAt);
    const earliest = [...lastAt.values()].sort()[0];
    if (earliest !== undefined) wanted = { ...request, since: earliest, tail: MOST_LINES };
    await pause(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

async function* entriesOnce(client: Client, request: LogRequest): AsyncIterable<LogEntry> {
  const path = `/stacks/${encodeURIComponent(request.stackName)}/logs?${queryOf(request)}`;
  const headers = { accept: "application/x-ndjson" };
  for await (const line of textLines(client.stream(path, { headers }))) {
    // An empty line only keeps the connection alive.
    if (line.trim() !== "") yield JSON.parse(line) as LogEntry;
  }
}

function queryOf({ serviceName, since, tail, follow }: LogRequest): string {
  const query = new URLSearchParams();
  if (serviceName !== undefined) query.set("service", serviceName);
  if (since !== undefined) query.set("since", since);
  query.set("tail", `${tail}`);
  if (follow) query.set("follow", "true");
  return query.toString();
}
