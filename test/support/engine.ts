import { mkdtempSync } from "node:fs";
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

/** A private Engine with its own data, bridge and containerd. It ends at `stop`, or when this process does. */
export async function startPrivateEngine(): Promise<{
  readonly engine: TestEngine;
  readonly directory: string;
  readonly stop: () => Promise<void>;
}> {
  const directory = mkdtempSync(join(tmpdir(), "tmt-"));
  const keeper = Bun.spawn([process.execPath, join(import.meta.dir, "engine-keeper.ts"), directory], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
    detached: true,
  });
  keeper.unref();
  const line = await firstLine(keeper.stdout);
  if (line !== "ready") throw new Error(`No private Engine: ${line || "its keeper ended"}`);
  const stop = async (): Promise<void> => {
    await keeper.stdin.end();
    await keeper.exited;
  };
  return { engine: await describe(`${directory}/docker.sock`), directory, stop };
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes("\n")) break;
  }
  return text.split("\n", 1)[0] ?? "";
}
