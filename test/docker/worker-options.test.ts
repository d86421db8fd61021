import { expect, test } from "bun:test";
import { workerOptions } from "../../src/docker/worker-options.ts";
import { CappedOutput } from "../../src/docker/worker-output.ts";
import type { WorkerJob } from "../../src/worker.ts";

const job: WorkerJob = {
  name: "fetch shop",
  argv: ["git", "fetch", "--", "origin; rm -rf /"],
  environment: { GIT_TERMINAL_PROMPT: "0" },
  mounts: [{ hostPath: "/m", path: "/mirror.git", readOnly: false }],
  network: true,
  deadlineMs: 1_000,
  user: "1000:1000",
};
const settings = { image: "worker:1", network: "bridge", instance: "i" } as const;

test("the command is an argv, never a shell string", () => {
  expect(workerOptions(job, settings)).toMatchObject({ Entrypoint: ["git"], Cmd: ["fetch", "--", "origin; rm -rf /"] });
});

test("a worker is confined whatever its job is", () => {
  expect(workerOptions(job, settings).HostConfig).toMatchObject({
    ReadonlyRootfs: true,
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges"],
    Privileged: false,
    PidsLimit: 128,
    Memory: 536_870_912,
    MemorySwap: 536_870_912,
    NanoCpus: 1_000_000_000,
    AutoRemove: false,
    Mounts: [{ Type: "bind", Source: "/m", Target: "/mirror.git", ReadOnly: false }],
  });
});

test("it has a network only when its job asks for one", () => {
  expect(workerOptions(job, settings).HostConfig?.NetworkMode).toBe("bridge");
  expect(workerOptions({ ...job, network: false }, settings).HostConfig?.NetworkMode).toBe("none");
});

test("it is found again by its labels", () => {
  expect(workerOptions(job, settings).Labels).toEqual({
    "io.tallyman.worker": "fetch shop",
    "io.tallyman.instance": "i",
  });
});

test("each stream keeps its first 64 KiB", () => {
  const output = new CappedOutput();
  const frame = (stream: number, size: number, fill: string) => {
    const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
    header.writeUInt32BE(size, 4);
    return Buffer.concat([header, Buffer.alloc(size, fill)]);
  };
  const bytes = Buffer.concat([frame(1, 60_000, "a"), frame(2, 3, "e"), frame(1, 60_000, "b")]);
  output.push(bytes.subarray(0, 70_000));
  output.push(bytes.subarray(70_000));
  expect(output.text(1)).toBe("a".repeat(60_000) + "b".repeat(65_536 - 60_000));
  expect(output.text(2)).toBe("eee");
});
