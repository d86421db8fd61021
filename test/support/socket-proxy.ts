import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { temporaryDirectory } from "./temporary.ts";

export interface ProxiedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
}

/** Stands between a client and an Engine, passes everything on and writes down what was asked. */
export interface SocketProxy {
  readonly socketPath: string;
  readonly dockerHost: string;
  readonly requests: readonly ProxiedRequest[];
  /** Every request that may change something: any method but GET and HEAD. */
  readonly mutating: readonly ProxiedRequest[];
  forget(): void;
  /** Ends every connection at once and refuses new ones, or lets them through again. */
  cut(broken: boolean): void;
  /** The next request that fits is answered with this and never reaches the Engine. Of a connection only the first is looked at. */
  answerOnce(fits: (request: ProxiedRequest) => boolean, status: number, body: string): void;
  stop(): Promise<void>;
}

export async function proxyEngine(engineSocket: string): Promise<SocketProxy> {
  const directory = temporaryDirectory("proxy");
  const socketPath = join(directory.path, "docker.sock");
  const open = new Set<Socket>();
  let requests: ProxiedRequest[] = [];
  let broken = false;
  let answer: { readonly fits: (request: ProxiedRequest) => boolean; readonly text: string } | null = null;

  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (broken) {
      client.destroy();
      return;
    }
    const engine = connect({ path: engineSocket, allowHalfOpen: true });
    let isAnswered = false;
    const read = requestReader((request) => {
      requests.push(request);
      if (!answer?.fits(request)) return;
      client.end(answer.text);
      answer = null;
      isAnswered = true;
    });
    for (const socket of [client, engine]) {
      open.add(socket);
      socket.on("close", () => open.delete(socket));
      socket.on("error", () => undefined);
    }
    client.once("data", (head: Buffer) => {
      read(head);
      if (isAnswered) return;
      client.on("data", read);
      engine.write(head);
      client.pipe(engine);
    });
    engine.pipe(client);
    client.on("close", () => engine.destroy());
    engine.on("close", () => client.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, resolve);
  });

  const endAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    socketPath,
    dockerHost: `unix://${socketPath}`,
    get requests() {
      return requests;
    },
    get mutating() {
      return requests.filter((request) => request.method !== "GET" && request.method !== "HEAD");
    },
    forget() {
      requests = [];
    },
    cut(next) {
      broken = next;
      if (broken) endAll();
    },
    answerOnce(fits, status, body) {
      const length = Buffer.byteLength(body);
      const head = `HTTP/1.1 ${status} Fault\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n`;
      answer = { fits, text: `${head}Connection: close\r\n\r\n${body}` };
    },
    async stop() {
      endAll();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      directory.remove();
    },
  };
}

type BodyState = "head" | "length" | "chunked" | "raw";

/** Reads the requests out of one connection's bytes, bodies skipped; after an upgrade (hijacked stream) nothing more is read. */
function requestReader(found: (request: ProxiedRequest) => void): (bytes: Buffer) => void {
  let waiting = Buffer.alloc(0);
  let state: BodyState = "head";
  let left = 0;

  const readHead = (): boolean => {
    const end = waiting.indexOf("\r\n\r\n");
    if (end < 0) return false;
    const head = waiting.subarray(0, end).toString("latin1");
    waiting = waiting.subarray(end + 4);
    const [method = "", target = ""] = (head.split("\r\n", 1)[0] ?? "").split(" ");
    found({ method, target });
    left = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    if (/^upgrade:/im.test(head)) state = "raw";
    else if (/^transfer-encoding: *chunked/im.test(head)) state = "chunked";
    else state = left > 0 ? "length" : "head";
    return true;
  };
  const readChunk = (): boolean => {
    const lineEnd = waiting.indexOf("\r\n");
    if (lineEnd < 0) return false;
    const size = Number.parseInt(waiting.subarray(0, lineEnd).toString("latin1"), 16);
    const total = lineEnd + 2 + size + 2;
    if (waiting.length < total) return false;
    waiting = waiting.subarray(total);
    if (size === 0) state = "head";
    return true;
  };
  const skip = (): boolean => {
    const taken = Math.min(left, waiting.length);
    waiting = waiting.subarray(taken);
    left -= taken;
    if (left > 0) return false;
    state = "head";
    return true;
  };

  return (bytes) => {
    if (state === "raw") return;
    waiting = Buffer.concat([waiting, bytes]);
    let going = true;
    while (going && waiting.length > 0) {
      if (state === "head") going = readHead();
      else if (state === "length") going = skip();
      else if (state === "chunked") going = readChunk();
      else going = false;
    }
  };
}
