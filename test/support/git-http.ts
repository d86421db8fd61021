import { type Certificate, createCertificate } from "./certificate.ts";
import { temporaryDirectory } from "./temporary.ts";

/** What a server does instead of answering as it should. */
export type GitHttpFault =
  | { readonly kind: "status"; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: "html" }
  | { readonly kind: "redirect"; readonly to: string; readonly status?: number }
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "drip"; readonly everyMs: number }
  | { readonly kind: "cut"; readonly afterBytes: number }
  | { readonly kind: "hang" };

export interface RecordedRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly authorization: string | null;
  readonly protocol: string | null;
}

export interface GitHttpOptions {
  /** Directory whose bare repositories are served. */
  readonly root: string;
  readonly auth?: { readonly username: string; readonly password: string };
  readonly tls?: boolean;
  readonly port?: number;
}

/** Real `git http-backend` behind a small server on the loopback. */
export interface GitHttpServer {
  readonly port: number;
  /** `127.0.0.1:port`. */
  readonly host: string;
  readonly certificate: Certificate | null;
  readonly requests: readonly RecordedRequest[];
  /** URL of a repository below the root, without credentials. */
  url(repositoryName?: string): string;
  /** From now on every request (or those that `chosen` picks) meets this fault; null ends it. */
  misbehave(fault: GitHttpFault | null, chosen?: (request: RecordedRequest) => boolean): void;
  forgetRequests(): void;
  stop(): Promise<void>;
}

export async function serveGitOverHttp(options: GitHttpOptions): Promise<GitHttpServer> {
  const directory = temporaryDirectory("git-http");
  const certificate = options.tls ? await createCertificate(directory.path) : null;
  let requests: RecordedRequest[] = [];
  let fault: GitHttpFault | null = null;
  let chosen: (request: RecordedRequest) => boolean = () => true;

  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: options.port ?? 0,
    idleTimeout: 0,
    ...(certificate === null ? {} : { tls: { key: certificate.key, cert: certificate.certificate } }),
    error: () => new Response("cut", { status: 500 }),
    async fetch(request) {
      const recorded = record(request);
      requests.push(recorded);
      const active = fault !== null && chosen(recorded) ? fault : null;
      const instead = active === null ? null : await answerInstead(active);
      if (instead !== null) return instead;
      if (!authorized(recorded, options.auth)) {
        return new Response("denied", { status: 401, headers: { "www-authenticate": 'Basic realm="git"' } });
      }
      return spoil(await backend(request, options), active);
    },
  });
  const port = server.port ?? 0;
  const host = `127.0.0.1:${port}`;
  return {
    port,
    host,
    certificate,
    get requests() {
      return requests;
    },
    url: (repositoryName = "sample") => `${options.tls ? "https" : "http"}://${host}/${repositoryName}.git`,
    misbehave(next, only = () => true) {
      fault = next;
      chosen = only;
    },
    forgetRequests() {
      requests = [];
    },
    async stop() {
      await server.stop(true);
      directory.remove();
    },
  };
}

function record(request: Request): RecordedRequest {
  const url = new URL(request.url);
  return {
    method: request.method,
    target: `${url.pathname}${url.search}`,
    authorization: request.headers.get("authorization"),
    protocol: request.headers.get("git-protocol"),
  };
}

function authorized(request: RecordedRequest, auth: GitHttpOptions["auth"]): boolean {
  if (auth === undefined) return true;
  // A scheme's name is written either way; BuildKit's is in small letters.
  const given = request.authorization?.replace(/^basic /i, "Basic ");
  return given === `Basic ${btoa(`${auth.username}:${auth.password}`)}`;
}

/** The answer of a fault that never reaches git; null for those that change git's own answer. */
async function answerInstead(fault: GitHttpFault): Promise<Response | null> {
  switch (fault.kind) {
    case "status":
      return new Response(`status ${fault.status}`, { status: fault.status, headers: { ...fault.headers } });
    case "html":
      return new Response("<!doctype html><title>Please log in to the Wi-Fi</title>", {
        headers: { "content-type": "text/html" },
      });
    case "redirect":
      return new Response(null, { status: fault.status ?? 302, headers: { location: fault.to } });
    case "delay":
      await Bun.sleep(fault.ms);
      return null;
    case "hang":
      return new Promise(() => undefined);
    case "drip":
    case "cut":
      return null;
  }
}

async function spoil(response: Response, fault: GitHttpFault | null): Promise<Response> {
  if (fault?.kind !== "drip" && fault?.kind !== "cut") return response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const headers = new Headers(response.headers);
  if (fault.kind === "cut") {
    // The announced length is never reached: to the client the connection was cut.
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(bytes.slice(0, fault.afterBytes));
        controller.error(new Error("cut"));
      },
    });
    return new Response(body, { status: response.status, headers });
  }
  let sent = 0;
  const body = new ReadableStream({
    async pull(controller) {
      await Bun.sleep(fault.everyMs);
      controller.enqueue(bytes.slice(sent, sent + 1));
      sent += 1;
      if (sent >= bytes.length) controller.close();
    },
  });
  return new Response(body, { status: response.status, headers });
}

async function backend(request: Request, options: GitHttpOptions): Promise<Response> {
  const url = new URL(request.url);
  const body = new Uint8Array(await request.arrayBuffer());
  const child = Bun.spawn(["git", "http-backend"], {
    env: {
      PATH: process.env["PATH"] ?? "/usr/bin:/bin",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_COUNT: "2",
      GIT_CONFIG_KEY_0: "safe.directory",
      GIT_CONFIG_VALUE_0: "*",
      GIT_CONFIG_KEY_1: "uploadpack.allowAnySHA1InWant",
      GIT_CONFIG_VALUE_1: "true",
      GIT_PROJECT_ROOT: options.root,
      GIT_HTTP_EXPORT_ALL: "1",
      REQUEST_METHOD: request.method,
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers.get("content-type") ?? "",
      CONTENT_LENGTH: String(body.length),
      HTTP_CONTENT_ENCODING: request.headers.get("content-encoding") ?? "",
      GIT_PROTOCOL: request.headers.get("git-protocol") ?? "",
      REMOTE_ADDR: "127.0.0.1",
      ...(options.auth === undefined ? {} : { REMOTE_USER: options.auth.username }),
    },
    stdin: body,
    stdout: "pipe",
    stderr: "ignore",
  });
  return fromCgi(new Uint8Array(await new Response(child.stdout).arrayBuffer()));
}

/** CGI's own shape: header lines, an empty line, the body. */
function fromCgi(answer: Uint8Array): Response {
  const text = new TextDecoder("latin1").decode(answer);
  const split = /\r?\n\r?\n/.exec(text);
  if (split === null) return new Response("the backend said nothing", { status: 500 });
  const headers = new Headers();
  let status = 200;
  for (const line of text.slice(0, split.index).split(/\r?\n/)) {
    const [name = "", ...rest] = line.split(":");
    const value = rest.join(":").trim();
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else headers.append(name, value);
  }
  return new Response(answer.slice(split.index + split[0].length), { status, headers });
}
