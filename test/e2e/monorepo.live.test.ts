import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Daemon, startDaemon } from "../support/daemon.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { containersOf, removeProject } from "../support/engine-api.ts";
import { type GitHttpServer, serveGitOverHttp } from "../support/git-http.ts";
import { busyboxImage } from "../support/images.ts";
import { createRepository, type TestRepository } from "../support/repository.ts";
import { oneService } from "../support/sample-stack.ts";
import { proxyEngine, type SocketProxy } from "../support/socket-proxy.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/waiting.ts";

// Five stacks of one repository: a commit reaches those whose files it touched, and no other.

const STACKS = ["mono-a", "mono-b", "mono-c", "mono-d", "mono-e"] as const;
const directory = temporaryDirectory("mono");
let engine: TestEngine;
let repository: TestRepository;
let server: GitHttpServer;
let proxy: SocketProxy;
let daemon: Daemon;

const compose = (version: string) => oneService(version, { deploy: { update_config: { monitor: "1s" } } });

beforeAll(async () => {
  engine = await testEngine();
  await busyboxImage(engine);
  repository = await createRepository(directory.path, "mono");
  await repository.commit(Object.fromEntries(STACKS.map((name) => [`${name}/compose.yaml`, compose("1")])), "First");
  server = await serveGitOverHttp({ root: directory.path });
  proxy = await proxyEngine(engine.socketPath);
  daemon = await startDaemon({ engine, dockerHost: proxy.dockerHost, flags: ["--interval", "5s"] });
  for (const name of STACKS) await daemon.json(["stack", "add", name, "--repo", server.url("mono"), "--path", name]);
  await allAt(await repository.commit({ "README.md": "Hello\n" }, "Say hello"));
}, 300_000);

afterAll(async () => {
  await daemon.stop();
  await proxy.stop();
  await server.stop();
  for (const name of STACKS) await removeProject(engine, name);
  directory.remove();
}, 60_000);

async function allAt(commit: string): Promise<void> {
  await until(
    `every stack is in sync at ${commit.slice(0, 7)}`,
    async () => {
      const now = await daemon.json<readonly { state: string; commit: string }[]>(["status"]);
      return now.length === STACKS.length && now.every((one) => one.state === "in-sync" && one.commit === commit);
    },
    180_000,
    250,
  );
}

async function containerIds(): Promise<readonly string[]> {
  return (await Promise.all(STACKS.map((name) => containersOf(engine, name)))).flat().map(({ Id }) => Id);
}

async function deployments(): Promise<readonly number[]> {
  const histories = STACKS.map((name) => daemon.json<readonly unknown[]>(["history", name]));
  return (await Promise.all(histories)).map((history) => history.length);
}

test("a commit that touches two of five stacks is deployed twice", async () => {
  const before = await containerIds();
  const counts = await deployments();
  await allAt(
    await repository.commit(
      { "mono-b/compose.yaml": compose("2"), "mono-d/compose.yaml": compose("2") },
      "Two of five",
    ),
  );
  const after = await deployments();
  expect(after.map((count, index) => count - (counts[index] ?? 0))).toEqual([0, 1, 0, 1, 0]);
  const kept = (await containerIds()).filter((id) => before.includes(id));
  expect(kept).toHaveLength(3);
}, 240_000);

test("a commit that touches the README asks the Engine nothing about any stack", async () => {
  const containers = await containerIds();
  const counts = await deployments();
  proxy.forget();
  await allAt(await repository.commit({ "README.md": "Hello again\n" }, "Say it again"));
  const changes = proxy.mutating.filter(
    ({ target }) =>
      containers.some((id) => target.includes(id)) ||
      (target.includes("/containers/create") && !target.includes("tallyman-worker")) ||
      /\/(networks|volumes|images|build)\b/.test(target),
  );
  expect(changes).toEqual([]);
  expect([await containerIds(), await deployments()]).toEqual([containers, counts]);
}, 240_000);
