import { expect, test } from "bun:test";
import { chownSync, readFileSync, writeFileSync } from "node:fs";
import { createEngineClient } from "../../src/docker/engine-client.ts";
import { workerOptions } from "../../src/docker/worker-options.ts";
import { createWorkerRunner } from "../../src/docker/worker-runner.ts";
import type { WorkerJob } from "../../src/worker.ts";
import { testEngine } from "../support/engine.ts";
import { engineApi, type ListedContainer } from "../support/engine-api.ts";
import { busyboxImage } from "../support/images.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const LIMIT = 120_000;
const signal = AbortSignal.timeout(900_000);

async function rig(instance: string) {
  const host = await testEngine();
  const image = await busyboxImage(host);
  const settings = { dockerHost: host.dockerHost, image, network: "host", instance } as const;
  const filters = encodeURIComponent(JSON.stringify({ label: [`io.tallyman.instance=${instance}`] }));
  return {
    host,
    settings,
    runner: createWorkerRunner(settings),
    left: () => engineApi<readonly ListedContainer[]>(host, `/containers/json?all=1&filters=${filters}`),
  };
}

function job(...argv: readonly string[]): WorkerJob {
  const user = "65534:65534";
  return { name: "test", argv, environment: {}, mounts: [], network: false, deadlineMs: 60_000, user };
}

test(
  "a job's output and exit code come back and its container goes",
  async () => {
    const { runner, left } = await rig("worker-output");
    const result = await runner.run(job("sh", "-c", "echo out; echo err >&2; exit 3"), signal);
    expect(result).toEqual({ exitCode: 3, stdout: "out\n", stderr: "err\n" });
    expect(await left()).toEqual([]);
  },
  LIMIT,
);

test(
  "a worker has no capability, no writable root, no network, no new privileges and no socket",
  async () => {
    const { runner } = await rig("worker-confined");
    const script = [
      "id -u",
      "grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\\t'",
      "touch /x 2>/dev/null || echo read-only",
      "touch /tmp/x && echo tmp",
      "ls /sys/class/net",
      "ls /var/run/docker.sock 2>/dev/null || echo no-socket",
    ].join("; ");
    const { stdout } = await runner.run(job("sh", "-c", script), signal);
    const zero = "0".repeat(16);
    const expected = [
      "65534",
      `CapBnd:${zero}`,
      `CapEff:${zero}`,
      "NoNewPrivs:1",
      "Seccomp:2",
      "read-only",
      "tmp",
      "lo",
    ];
    expect(stdout.trim().split("\n").sort()).toEqual([...expected, "no-socket"].sort());
  },
  LIMIT,
);

test(
  "a worker writes to the mounts of its job and reads the read-only ones",
  async () => {
    const { runner } = await rig("worker-mounts");
    using directory = temporaryDirectory("worker");
    using secret = temporaryDirectory("secret");
    chownSync(directory.path, 65534, 65534);
    chownSync(secret.path, 65534, 65534);
    writeFileSync(`${secret.path}/key`, "k", { mode: 0o444 });
    const result = await runner.run(
      {
        ...job("sh", "-c", "cat /run/key/key > /work/copy; touch /run/key/more"),
        mounts: [
          { hostPath: directory.path, path: "/work", readOnly: false },
          { hostPath: secret.path, path: "/run/key", readOnly: true },
        ],
      },
      signal,
    );
    expect(readFileSync(`${directory.path}/copy`, "utf8")).toBe("k");
    expect(result.stderr).toContain("Read-only file system");
  },
  LIMIT,
);

test(
  "a job that takes too long is killed and removed",
  async () => {
    const { runner, left } = await rig("worker-late");
    const late = await runner
      .run({ ...job("sleep", "1000"), deadlineMs: 1_500 }, signal)
      .catch((thrown: unknown) => thrown);
    expect(late).toMatchObject({ reason: "GitTimeout", message: '"test" took longer than 2 s.' });
    expect(await left()).toEqual([]);
  },
  LIMIT,
);

test(
  "a cancelled job is killed and removed",
  async () => {
    const { runner, left } = await rig("worker-cancelled");
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 500);
    const error = await runner.run(job("sleep", "1000"), abort.signal).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ reason: "Interrupted" });
    expect(await left()).toEqual([]);
  },
  LIMIT,
);

test(
  "output beyond 64 KiB is dropped",
  async () => {
    const { runner } = await rig("worker-chatty");
    const { stdout } = await runner.run(job("sh", "-c", "yes 0123456789 | head -c 500000"), signal);
    expect(Buffer.byteLength(stdout)).toBe(64 * 1024);
    expect(stdout).toStartWith("0123456789\n");
  },
  LIMIT,
);

test(
  "what can't be run is the worker's failure, and nothing stays",
  async () => {
    const { runner, left } = await rig("worker-failed");
    const missing = await runner.run(job("no-such-program"), signal).catch((thrown: unknown) => thrown);
    expect(missing).toMatchObject({ reason: "WorkerFailed" });
    const mounts = [{ hostPath: "/no/such/path", path: "/x", readOnly: true }];
    const unmounted = await runner.run({ ...job("true"), mounts }, signal).catch((thrown: unknown) => thrown);
    expect(unmounted).toMatchObject({ reason: "WorkerFailed", message: expect.stringContaining("/no/such/path") });
    expect(await left()).toEqual([]);
  },
  LIMIT,
);

test(
  "an image that is neither here nor in a registry says how to make it",
  async () => {
    const { settings, left } = await rig("worker-no-image");
    const image = "127.0.0.1:1/tallyman/worker:1";
    const error = await createWorkerRunner({ ...settings, image })
      .run(job("true"), signal)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      reason: "ImageUnavailable",
      message: `The worker image ${image} is not here and can't be pulled.`,
      hint: "On a host without registry run `tallyman worker-image build`.",
    });
    expect(await left()).toEqual([]);
  },
  LIMIT,
);

test(
  "the sweep removes the workers of this Tallyman and no other's",
  async () => {
    const mine = await rig("worker-sweep");
    const other = await rig("worker-sweep-other");
    const client = createEngineClient(mine.settings);
    for (const { settings } of [mine, other]) {
      const body = workerOptions(job("sleep", "1000"), settings);
      const { Id } = await client.call<{ Id: string }>(
        { method: "POST", path: "/containers/create", body, what: "create" },
        signal,
      );
      await client.call({ method: "POST", path: `/containers/${Id}/start`, what: "start" }, signal);
    }
    expect(await mine.runner.sweep(signal)).toBe(1);
    expect(await mine.left()).toEqual([]);
    expect(await other.left()).toHaveLength(1);
    expect(await other.runner.sweep(signal)).toBe(1);
  },
  LIMIT,
);
