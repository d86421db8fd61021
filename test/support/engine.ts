import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An Engine that belongs to the tests. */
export interface TestEngine {
  /** As `DOCKER_HOST` wants it: `unix:///…`. */
  readonly dockerHost: string;
  readonly socketPath: string;
  /** For example `20.10.24`. */
  readonly version: string;
}

let shared: Promise<TestEngine> | undefined;

/**
 * The Engine of this test run: the one that `TALLYMAN_TEST_DOCKER_HOST` names, else the run's own (`TALLYMAN_TEST_ENGINE` is its
 * socket), else a private one started now, which ends with this process. Never the user's.
 */
export function testEngine(): Promise<TestEngine> {
  shared ??= findEngine();
  return shared;
}

async function findEngine(): Promise<TestEngine> {
  const foreign = process.env["TALLYMAN_TEST_DOCKER_HOST"];
  const announced = process.env["TALLYMAN_TEST_ENGINE"];
  if (foreign !== undefined) return describe(foreign.replace(/^unix:\/\//, ""));
  if (announced !== undefined) return describe(announced);
  return (await startPrivateEngine()).engine;
}

async function describe(socketPath: string): Promise<TestEngine> {
  const answer = await fetch("http://engine/version", { unix: socketPath, signal: AbortSignal.timeout(10_000) });
  const { Version } = (await answer.json()) as { readonly Version: string };
  return { dockerHost: `unix://${socketPath}`, socketPath, version: Version };
}

/** An Engine that a test may do anything to. */
export interface PrivateEngine {
  readonly engine: TestEngine;
  readonly directory: string;
  /** Of dockerd itself, for a signal. */
  readonly pid: () => number;
  /** Starts dockerd again after a signal has ended it; resolves once it answers. */
  readonly startAgain: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** A private Engine with its own data, bridge and containerd. It ends at `stop`, or when this process does. */
export async function startPrivateEngine(): Promise<PrivateEngine> {
  const directory = mkdtempSync(join(tmpdir(), "tmt-"));
  const keeper = Bun.spawn([process.execPath, join(import.meta.dir, "engine-keeper.ts"), directory], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
    detached: true,
  });
  keeper.unref();
  const lines = linesOf(keeper.stdout);
  const ready = async (): Promise<void> => {
    const { value: line } = await lines.next();
    if (line !== "ready") throw new Error(`No private Engine: ${line || "its keeper ended"}`);
  };
  await ready();
  const startAgain = async (): Promise<void> => {
    await keeper.stdin.write("start\n");
    await keeper.stdin.flush();
    await ready();
  };
  const pid = (): number => Number(readFileSync(`${directory}/pid`, "utf8"));
  const stop = async (): Promise<void> => {
    await keeper.stdin.end();
    await keeper.exited;
  };
  return { engine: await describe(`${directory}/docker.sock`), directory, pid, startAgain, stop };
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    const lines = (text + decoder.decode(chunk, { stream: true })).split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
}
