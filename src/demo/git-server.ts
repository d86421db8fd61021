import { gunzipSync } from "node:zlib";
import { TallymanError } from "../error.ts";
import type { GitCommand } from "./git-command.ts";

const LARGEST_REQUEST = 1_048_576;
const DEADLINE_MS = 60_000;
const MOST_AT_ONCE = 16;

export interface GitServer {
  readonly port: number;
  /** Ends the open answers too. */
  stop(): Promise<void>;
}

interface Answering {
  readonly git: GitCommand;
  readonly directory: string;
  running: number;
}

/**
 * Serves one bare repository read-only over smart HTTP (protocol 0 to 2) on this host's loopback, under `/sample.git`.
 * Port 0 takes any free one. Throws AddressInUse. Source: gitprotocol-http(5).
 */
export function startGitServer(directory: string, port: number, git: GitCommand): GitServer {
  const answering: Answering = { git, directory, running: 0 };
  try {
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port,
      maxRequestBodySize: LARGEST_REQUEST,
      idleTimeout: DEADLINE_MS / 1_000,
      routes: {
        "/sample.git/info/refs": { GET: (request) => advertise(request, answering) },
        "/sample.git/git-upload-pack": { POST: (request) => uploadPack(request, answering) },
      },
      fetch: (request) => refuse(new URL(request.url).pathname.endsWith("/git-receive-pack") ? 403 : 404),
      error: () => refuse(500),
    });
    return { port: server.port ?? port, stop: () => server.stop(true) };
  } catch (thrown) {
    throw new TallymanError("AddressInUse", `the demo's git server cannot listen on 127.0.0.1:${port}`, {
      hint: "Stop the program that holds this port, or start the demo with another --root.",
      cause: thrown,
    });
  }
}

async function advertise(request: Request, answering: Answering): Promise<Response> {
  const service = new URL(request.url).searchParams.get("service");
  if (service !== "git-upload-pack") return refuse(403);
  const protocol = protocolOf(request);
  const type = "application/x-git-upload-pack-advertisement";
  const argv = ["upload-pack", "--strict", "--stateless-rpc", "--advertise-refs", answering.directory];
  // Since version 2 the advertisement stands without the line that names the service.
  const opening = protocol === "version=2" ? "" : "001e# service=git-upload-pack\n0000";
  return answerWith(argv, protocol, new Uint8Array(), { type, opening }, answering);
}

async function uploadPack(request: Request, answering: Answering): Promise<Response> {
  if (request.headers.get("content-type") !== "application/x-git-upload-pack-request") return refuse(415);
  const body = await bodyOf(request);
  if (body === null) return refuse(413);
  const argv = ["upload-pack", "--strict", "--stateless-rpc", answering.directory];
  return answerWith(
    argv,
    protocolOf(request),
    body,
    { type: "application/x-git-upload-pack-result", opening: "" },
    answering,
  );
}

/** Git compresses larger requests; null when it is more than we take, packed or unpacked. */
async function bodyOf(request: Request): Promise<Uint8Array<ArrayBuffer> | null> {
  const packed = new Uint8Array(await request.arrayBuffer());
  if (request.headers.get("content-encoding") !== "gzip") return packed.length <= LARGEST_REQUEST ? packed : null;
  try {
    return new Uint8Array(gunzipSync(packed, { maxOutputLength: LARGEST_REQUEST }));
  } catch {
    return null;
  }
}

function protocolOf(request: Request): string {
  const wanted = request.headers.get("git-protocol") ?? "";
  return /^version=[012]$/.test(wanted) ? wanted : "";
}

interface Shape {
  readonly type: string;
  readonly opening: string;
}

function answerWith(
  argv: readonly string[],
  protocol: string,
  body: Uint8Array<ArrayBuffer>,
  shape: Shape,
  answering: Answering,
): Response {
  if (answering.running >= MOST_AT_ONCE) return refuse(503);
  answering.running += 1;
  const child = Bun.spawn(
    [answering.git.path, "-c", "safe.directory=*", "-c", "uploadpack.allowAnySHA1InWant=true", ...argv],
    {
      env: { ...answering.git.environment, GIT_PROTOCOL: protocol },
      stdin: body,
      stdout: "pipe",
      stderr: "ignore",
      timeout: DEADLINE_MS,
      killSignal: "SIGKILL",
    },
  );
  void child.exited.then(() => {
    answering.running -= 1;
  });
  return new Response(
    opened(child.stdout, shape.opening, () => child.kill("SIGKILL")),
    {
      headers: { "content-type": shape.type, "cache-control": "no-cache" },
    },
  );
}

/** The child's output behind the opening; a reader that goes away ends the child. */
function opened(output: ReadableStream<Uint8Array>, opening: string, onCancel: () => void): ReadableStream<Uint8Array> {
  const reader = output.getReader();
  return new ReadableStream<Uint8Array>({
    start(controller) {
      if (opening !== "") controller.enqueue(new TextEncoder().encode(opening));
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      onCancel();
      await reader.cancel();
    },
  });
}

function refuse(status: number): Response {
  return new Response(null, { status });
}
