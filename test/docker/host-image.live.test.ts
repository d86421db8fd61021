import { expect, test } from "bun:test";
import { createEngineClient } from "../../src/docker/engine-client.ts";
import { buildSampleImage, buildWorkerImage } from "../../src/docker/host-image.ts";
import { createWorkerRunner } from "../../src/docker/worker-runner.ts";
import type { WorkerJob } from "../../src/worker.ts";
import { testEngine } from "../support/engine.ts";

const LIMIT = 180_000;
const signal = AbortSignal.timeout(LIMIT);
const WORKER = "tallyman-test/host-worker:1";
const SAMPLE = "tallyman-test/host-sample:1";

function job(...argv: readonly string[]): WorkerJob {
  const user = "65534:65534";
  return { name: "test", argv, environment: {}, mounts: [], network: true, deadlineMs: 60_000, user };
}

async function runnerOf(image: string) {
  const { dockerHost } = await testEngine();
  return createWorkerRunner({ dockerHost, image, network: "host", instance: "host-image" });
}

test(
  "git, ssh and a shell from the host run in the image, as a nobody",
  async () => {
    const client = createEngineClient(await testEngine());
    await buildWorkerImage(client, { tag: WORKER }, signal);
    const runner = await runnerOf(WORKER);
    expect(await runner.run(job("git", "--version"), signal)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^git version \d/),
    });
    expect(await runner.run(job("ssh", "-V"), signal)).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining("SSH"),
    });
    expect(await runner.run(job("sh", "-c", "git init -q /tmp/r && id -un"), signal)).toMatchObject({
      exitCode: 0,
      stdout: "nobody\n",
      stderr: "",
    });
  },
  LIMIT,
);

test(
  "git in the image finds its helper for https, resolves names and gets as far as the connection",
  async () => {
    const client = createEngineClient(await testEngine());
    await buildWorkerImage(client, { tag: WORKER }, signal);
    const runner = await runnerOf(WORKER);
    const { exitCode, stderr } = await runner.run(job("git", "ls-remote", "https://localhost:1/x.git"), signal);
    expect(exitCode).toBe(128);
    expect(stderr).toMatch(/connect to localhost/i);
    expect(stderr).not.toMatch(/not a git command|shared librar|resolve host|unable to find remote helper/i);
    const ssh = await runner.run(job("git", "ls-remote", "ssh://localhost:1/x.git"), signal);
    expect(ssh.stderr).toContain("Connection refused");
  },
  LIMIT,
);

test(
  "the same host gives the same layer",
  async () => {
    const client = createEngineClient(await testEngine());
    const first = await buildSampleImage(client, { tag: SAMPLE }, signal);
    const second = await buildSampleImage(client, { tag: SAMPLE }, signal);
    expect(second.digest).toBe(first.digest);
    expect(first.id).toStartWith("sha256:");
  },
  LIMIT,
);

test(
  "the sample image has the tools that a small example needs",
  async () => {
    const client = createEngineClient(await testEngine());
    await buildSampleImage(client, { tag: SAMPLE }, signal);
    const runner = await runnerOf(SAMPLE);
    const script = "date >/dev/null && echo x | cat && test -d /tmp && sleep 0";
    expect(await runner.run(job("sh", "-c", script), signal)).toEqual({ exitCode: 0, stdout: "x\n", stderr: "" });
  },
  LIMIT,
);
