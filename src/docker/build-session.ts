import { randomUUID } from "node:crypto";
import type { Duplex, Writable } from "node:stream";
import type { EngineClient } from "./engine-client.ts";
import { fileSync, type SyncedTree } from "./file-sync.ts";
import { GRPC, GrpcRefusal } from "./grpc-frames.ts";
import { type GrpcCall, type GrpcMethod, serveGrpc } from "./grpc-server.ts";
import { bytesField, bytesOf, fieldsOf, textOf } from "./protobuf.ts";
import { plainLogin, type RegistryAuth } from "./registry-auth.ts";

/** What a build may ask of us while it runs. */
export interface SessionOffer {
  /** Id as in `RUN --mount=type=secret,id=…` → how to read it now. */
  readonly secrets: ReadonlyMap<string, () => Promise<Buffer>>;
  /** Id as in `RUN --mount=type=ssh,id=…` → a new connection to an agent. */
  readonly sshAgents: ReadonlyMap<string, () => Duplex>;
  readonly registryAuth?: RegistryAuth | undefined;
  /** Set when the builder fetches the context from here: `context` and `dockerfile`. */
  readonly trees?: Readonly<Record<string, SyncedTree>> | undefined;
  /** Names the content of the trees: what has the same is not sent again. */
  readonly contentKey: string;
}

export interface BuildSession {
  /** For the `session` of a build's query. */
  readonly id: string;
  close(): void;
}

const SERVING = 1;
const DEADLINE_MS = 30_000;

/**
 * Opens the connection over which the Engine's builder asks for secrets, agents and logins: it is turned round, so that we answer there.
 * What it asks for goes over this connection alone. Throws what any Engine call throws. Source: moby/buildkit, session.
 */
export async function openSession(
  client: EngineClient,
  offer: SessionOffer,
  what: string,
  signal: AbortSignal,
): Promise<BuildSession> {
  const id = randomUUID();
  const methods = methodsOf(offer);
  const headers = {
    Upgrade: "h2c",
    "X-Docker-Expose-Session-Uuid": id,
    "X-Docker-Expose-Session-Name": "tallyman",
    "X-Docker-Expose-Session-Sharedkey": offer.contentKey,
    "X-Docker-Expose-Session-Grpc-Method": Object.keys(methods),
  };
  const request = { method: "POST", path: "/session", headers, what, deadlineMs: DEADLINE_MS } as const;
  const server = await serveGrpc(await client.upgrade(request, signal), methods);
  return { id, close: () => server.close() };
}

/** By the path of a call; the numbers are the fields of its messages. */
function methodsOf({ secrets, sshAgents, registryAuth, trees }: SessionOffer): Readonly<Record<string, GrpcMethod>> {
  return {
    "/grpc.health.v1.Health/Check": async function* () {
      yield Buffer.from([8, SERVING]);
    },
    "/moby.buildkit.secrets.v1.Secrets/GetSecret": async function* (call) {
      const read = secrets.get(await firstText(call));
      if (!read) throw new GrpcRefusal(GRPC.notFound, "the Compose file gives this build no such secret");
      yield bytesField(1, await read());
    },
    "/moby.sshforward.v1.SSH/CheckAgent": async function* (call) {
      connectionTo(sshAgents, await firstText(call));
      yield Buffer.alloc(0);
    },
    "/moby.sshforward.v1.SSH/ForwardAgent": (call) =>
      forwarded(connectionTo(sshAgents, call.metadata("buildkit.ssh.id"))(), call),
    "/moby.filesync.v1.Auth/Credentials": async function* (call) {
      const login = plainLogin((await registryAuth?.(registryName(await firstText(call)))) ?? null);
      yield Buffer.concat([bytesField(1, login.username), bytesField(2, login.secret)]);
    },
    ...(trees ? { "/moby.filesync.v1.FileSync/DiffCopy": fileSync(trees) } : {}),
  };
}

function connectionTo(sshAgents: SessionOffer["sshAgents"], id: string): () => Duplex {
  const connect = sshAgents.get(id || "default");
  if (!connect) throw new GrpcRefusal(GRPC.notFound, "the Compose file gives this build no such ssh agent");
  return connect;
}

/** The first field of a request that is one message. */
async function firstText({ messages }: GrpcCall): Promise<string> {
  for await (const message of messages) return textOf(fieldsOf(message), 1);
  return "";
}

/** The builder says where it asks, the logins where somebody logged in. */
function registryName(host: string): string {
  return host === "registry-1.docker.io" ? "docker.io" : host;
}

/** Bytes to and from an agent; a message of either side holds some. */
async function* forwarded(agent: Duplex, { messages, signal }: GrpcCall): AsyncGenerator<Buffer> {
  const end = (): void => void agent.destroy();
  signal.addEventListener("abort", end, { once: true });
  agent.on("error", end);
  const sent = sendAll(messages, agent).catch(end);
  try {
    for await (const chunk of agent as AsyncIterable<Buffer>) yield bytesField(1, chunk);
  } finally {
    signal.removeEventListener("abort", end);
    end();
  }
  await sent;
}

async function sendAll(messages: AsyncIterable<Buffer>, to: Writable): Promise<void> {
  for await (const message of messages) to.write(bytesOf(fieldsOf(message), 1));
  to.end();
}
