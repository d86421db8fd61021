import type { Config } from "../config.ts";
import { type Reason, TallymanError } from "../error.ts";

/** Most requests are answered from memory or one look at the Engine; those that fetch from Git say so themselves. */
const ANSWER_DEADLINE_MS = 60_000;

export interface RequestOptions {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly body?: unknown;
  readonly deadlineMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface StreamOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends this stream alone. */
  readonly signal?: AbortSignal;
}

/** A client of /api/v1: over the unix socket of the root, or over `--url`. */
export interface Client {
  /** The JSON answer. Throws the daemon's own error, or DaemonUnreachable. */
  json<Answer>(path: string, options?: RequestOptions): Promise<Answer>;
  /** The body as text, chunk by chunk, without a deadline of its own; a cut connection throws DaemonUnreachable. */
  stream(path: string, options?: StreamOptions): AsyncIterable<string>;
}

/** Nothing is sent yet. The signal ends every request. */
export function connect(config: Config, signal: AbortSignal): Client {
  return {
    async json<Answer>(path: string, options: RequestOptions = {}) {
      const deadline = AbortSignal.timeout(options.deadlineMs ?? ANSWER_DEADLINE_MS);
      try {
        const response = await request(config, path, options, AbortSignal.any([signal, deadline]));
        const text = await response.text();
        return readAnswer(response.status, text, config) as Answer;
      } catch (thrown) {
        throw explain(thrown, config, signal);
      }
    },
    async *stream(path, options = {}) {
      const ends = options.signal ? AbortSignal.any([signal, options.signal]) : signal;
      try {
        const response = await request(config, path, { headers: options.headers ?? {} }, ends);
        if (!response.ok || !response.body) throw readAnswer(response.status, await response.text(), config);
        const decoder = new TextDecoder();
        for await (const chunk of response.body) yield decoder.decode(chunk, { stream: true });
      } catch (thrown) {
        throw explain(thrown, config, ends);
      }
    },
  };
}

async function request(config: Config, path: string, options: RequestOptions, signal: AbortSignal): Promise<Response> {
  const init: RequestInit = {
    method: options.method ?? "GET",
    headers: {
      accept: "application/json",
      ...(options.body === undefined ? {} : { "content-type": "application/json" }),
      ...(config.url !== null && config.token !== null ? { authorization: `Bearer ${config.token}` } : {}),
      ...options.headers,
    },
    redirect: "error",
    signal,
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  };
  // Bun ends a quiet answer after about six minutes unless told otherwise; the deadlines above are ours.
  if (config.url !== null) return fetch(`${config.url}/api/v1${path}`, { ...init, timeout: false } as RequestInit);
  return fetch(`http://localhost/api/v1${path}`, { ...init, unix: socketOf(config), timeout: false } as RequestInit);
}

export function socketOf(config: Config): string {
  return `${config.root}/system/tallyman.sock`;
}

function readAnswer(status: number, text: string, config: Config): unknown {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new TallymanError("Internal", `${whereOf(config)} answered ${status} with something else than JSON`, {
      hint: config.url === null ? "Look into the daemon's log." : "Check that --url is the address of a Tallyman.",
    });
  }
  if (status < 400) return answer;
  const { reason, message, hint } = (answer as WireError).error ?? {};
  const next = status === 401 && config.url !== null ? WITHOUT_TOKENS : (hint ?? "");
  throw new TallymanError(reason ?? "Internal", message ?? `the daemon answered ${status}`, { hint: next });
}

/** A page to log in at is no help on a command line. */
const WITHOUT_TOKENS = "No daemon gives out tokens yet: run this on its own host, as in `ssh HOST tallyman status`.";

interface WireError {
  readonly error?: { readonly reason?: Reason; readonly message?: string; readonly hint?: string };
}

function whereOf(config: Config): string {
  return config.url ?? socketOf(config);
}

function explain(thrown: unknown, config: Config, signal: AbortSignal): TallymanError {
  if (thrown instanceof TallymanError) return thrown;
  if (signal.aborted) return new TallymanError("Interrupted", "stopped on request", { cause: thrown });
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  if (thrown instanceof Error && thrown.name === "TimeoutError") {
    return new TallymanError("DaemonUnreachable", `the daemon at ${whereOf(config)} did not answer in time`, {
      hint: "Look into the daemon's log, then try again.",
      cause: thrown,
    });
  }
  return new TallymanError("DaemonUnreachable", `no daemon answers at ${whereOf(config)}${code ? ` (${code})` : ""}`, {
    hint: unreachableHint(config, code),
    cause: thrown,
  });
}

function unreachableHint(config: Config, code: string): string {
  if (config.url !== null) return "Check --url (TALLYMAN_URL) and that the daemon listens there.";
  if (code === "EACCES" || code === "EPERM") return "Run this as the user who runs the daemon.";
  return `Start it with: tallyman serve --root ${config.root} (or name the right root with --root or TALLYMAN_ROOT).`;
}
