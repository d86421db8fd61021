import { randomUUID } from "node:crypto";
import { buildError } from "./build-error.ts";
import { BuildProgress } from "./build-progress.ts";
import type { EngineClient } from "./engine-client.ts";
import { connectGrpc, type GrpcClient } from "./grpc-client.ts";
import { GrpcRefusal } from "./grpc-frames.ts";
import { bytesField } from "./protobuf.ts";
import { interrupted, within } from "./within.ts";

export interface BuildToSolve {
  readonly serviceName: string;
  /** Every name of the image. */
  readonly tags: readonly string[];
  /** What the Dockerfile frontend is asked for. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly inlineCache: boolean;
  readonly hostNetwork: boolean;
  /** The session that has the files. */
  readonly session: string;
  readonly progress: (text: string) => void;
}

const CONTROL = "/moby.buildkit.v1.Control";
/** How long the last words of a build may be under way after its end. */
const LAST_WORDS_MS = 5_000;

/**
 * Asks the Engine's BuildKit itself for a build: `POST /build` has no word for named contexts. Throws BuildFailed, DiskFull, what a missing
 * base image is, or what any Engine call throws. Source: moby/buildkit, control.proto; moby, builder-next.
 */
export async function solveBuild(client: EngineClient, build: BuildToSolve, signal: AbortSignal): Promise<void> {
  const what = `build ${build.serviceName}`;
  const request = { method: "POST", path: "/grpc", headers: { Upgrade: "h2c" }, what } as const;
  const grpc = await connectGrpc(await client.upgrade(request, signal), what);
  const close = (): void => grpc.close();
  signal.addEventListener("abort", close, { once: true });
  const id = randomUUID();
  const progress = new BuildProgress(build.progress);
  const told = followStatus(grpc, id, progress);
  try {
    await Array.fromAsync(grpc.call(`${CONTROL}/Solve`, solveRequest(id, build)));
  } catch (thrown) {
    // Which step failed is told on the other call.
    await within(LAST_WORDS_MS, what, signal, () => told).catch(() => undefined);
    if (signal.aborted) throw interrupted(what);
    throw thrown instanceof GrpcRefusal ? buildError(build.serviceName, { error: thrown.message }, progress) : thrown;
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}

function solveRequest(id: string, build: BuildToSolve): Buffer {
  const inline = bytesField(4, bytesField(1, "inline"));
  return Buffer.concat([
    bytesField(1, id),
    // The Engine's own store of images.
    bytesField(3, "moby"),
    pair(4, "name", build.tags.join(",")),
    bytesField(5, build.session),
    bytesField(6, "dockerfile.v0"),
    ...Object.entries(build.attributes).map(([name, value]) => pair(7, name, value)),
    ...(build.inlineCache ? [bytesField(8, inline)] : []),
    ...(build.hostNetwork ? [bytesField(9, "network.host")] : []),
  ]);
}

/** One entry of a map. */
function pair(field: number, name: string, value: string): Buffer {
  return bytesField(field, Buffer.concat([bytesField(1, name), bytesField(2, value)]));
}

/** Ends with the build; what it can't tell is missing in the progress, and nothing else. */
async function followStatus(grpc: GrpcClient, id: string, progress: BuildProgress): Promise<void> {
  try {
    for await (const message of grpc.call(`${CONTROL}/Status`, bytesField(1, id)))
      progress.follow({ id: "moby.buildkit.trace", aux: message.toString("base64") }, Date.now());
  } catch {
    // The build's own answer says why it ended.
  }
}
