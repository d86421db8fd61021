import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createEngineClient } from "../../src/docker/engine-client.ts";
import { buildSampleImage, buildWorkerImage } from "../../src/docker/host-image.ts";
import { createWorkerRunner } from "../../src/docker/worker-runner.ts";
import type { WorkerJob } from "../../src/worker.ts";
import { testEngine } from "../support/engine.ts";
import { serveGitOverHttp } from "../support/git-http.ts";
import { createRepository } from "../support/repository.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const LIMIT = 180_000;
const signal = AbortSignal.timeout(900_000);
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

test(
  "git in the image fetches over https with a private authority, as far as the objects",
  async () => {
    const client = createEngineClient(await testEngine());
    await buildWorkerImage(client, { tag: WORKER }, signal);
    using directory = temporaryDirectory("host-image");
    const repository = await createRepository(directory.path);
    const commit = await repository.commit({ "compose.yaml": "services: {}" }, "first");
    const server = await serveGitOverHttp({ root: directory.path, tls: true });
    const authority = server.certificate?.authorityFile ?? "";
    expect(readFileSync(authority, "utf8")).toContain("BEGIN CERTIFICATE");
    const runner = await runnerOf(WORKER);
    const script = [
      "git init -q --bare /tmp/m",
      'git -c http.sslCAInfo=/ca.pem --git-dir=/tmp/m fetch -q --depth=1 -- "$URL" +refs/heads/main:refs/heads/x',
      "git --git-dir=/tmp/m rev-parse refs/heads/x",
      "git --git-dir=/tmp/m show refs/heads/x:compose.yaml",
    ].join(" && ");
    const result = await runner.run(
      {
        ...job("sh", "-c", script),
        environment: { URL: server.url("sample") },
        mounts: [{ hostPath: authority, path: "/ca.pem", readOnly: true }],
      },
      signal,
    );
    await server.stop();
    expect(result).toEqual({ exitCode: 0, stdout: `${commit}\nservices: {}`, stderr: "" });
  },
  LIMIT,
);
