/** As far as a question goes. */
interface Question {
  readonly method: string;
  readonly query?: Readonly<Record<string, string | number | readonly string[]>>;
  readonly file?: unknown;
  readonly headers?: object;
}

/** Whether a request can go this way: a question on a unix socket, under a path that no URL parser would shorten. */
export function isPlainRead(dockerHost: string, path: string, { method, file, headers }: Question): boolean {
  if (method !== "GET" || file || headers || !dockerHost.startsWith(UNIX)) return false;
  return new URL(path, BASE).pathname === path;
}

/**
 * Asks the Engine through the runtime's own HTTP client, which costs a tenth of what docker-modem's way through node:http does: most
 * calls of a pass only look. Throws what docker-modem would throw; an answer that was cut off is a failure, never a part.
 */
export async function readJson(
  dockerHost: string,
  path: string,
  { query = {} }: Question,
  signal: AbortSignal,
): Promise<unknown> {
  const url = new URL(path, BASE);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  // Every call has a connection of its own: one from before a restart of the Engine would only fail.
  const answer = await fetch(url, {
    unix: dockerHost.slice(UNIX.length),
    signal,
    keepalive: false,
    redirect: "manual",
  });
  const text = await answer.text();
  const isJson = answer.headers.get("content-type")?.includes("json") ?? false;
  const body: unknown = isJson && text !== "" ? JSON.parse(text) : text;
  if (answer.ok) return body;
  throw Object.assign(new Error(`(HTTP code ${answer.status}) unexpected - ${text}`), {
    statusCode: answer.status,
    json: isJson ? body : null,
  });
}

const UNIX = "unix://";
const BASE = "http://engine";
