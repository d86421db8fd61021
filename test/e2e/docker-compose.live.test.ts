import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Daemon, startDaemon } from "../support/daemon.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { containersOf, removeProject } from "../support/engine-api.ts";
import { type GitHttpServer, serveGitOverHttp } from "../support/git-http.ts";
import { busyboxImage } from "../support/images.ts";
import { oracle } from "../support/oracle.ts";
import { createRepository } from "../support/repository.ts";
import { twoServices } from "../support/sample-stack.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/waiting.ts";

// What Tallyman runs is a Compose project to Docker Compose too. Needs its plugin, which Debian 12 does not package.

const docker = await oracle();
const directory = temporaryDirectory("compose");
if (docker === null)
  console.log("figure: skipped, for want of a docker compose plugin (TALLYMAN_TEST_COMPOSE names one)");
let engine: TestEngine;
let server: GitHttpServer;
let daemon: Daemon;

beforeAll(async () => {
  if (docker === null) return;
  engine = await testEngine();
  await busyboxImage(engine);
  const repository = await createRepository(directory.path, "interop");
  await repository.commit({ "compose.yaml": twoServices({ version: "1" }) }, "First");
  server = await serveGitOverHttp({ root: directory.path });
  daemon = await startDaemon({ engine });
  await daemon.json(["stack", "add", "interop", "--repo", server.url("interop")]);
  await until("the stack is in sync", async () => (await daemon.status("interop")).state === "in-sync", 120_000);
}, 240_000);

afterAll(async () => {
  directory.remove();
  if (docker === null) return;
  await daemon.stop();
  await server.stop();
  await removeProject(engine, "interop");
}, 60_000);

test.skipIf(docker === null)("docker compose ls and ps show the stack", async () => {
  const projects = await docker?.compose(engine, ["ls", "--format", "json"]);
  expect(JSON.parse(projects?.stdout ?? "")).toContainEqual(
    expect.objectContaining({ Name: "interop", Status: "running(2)" }),
  );
  const services = await docker?.compose(engine, ["-p", "interop", "ps", "--format", "{{.Service}} {{.State}}"]);
  expect(services?.stdout.trim().split("\n").sort()).toEqual(["app running", "db running"]);
});

test.skipIf(docker === null)("docker compose up finds nothing to do", async () => {
  const ids = async () => (await containersOf(engine, "interop")).map(({ Id }) => Id);
  const before = await ids();
  const tree = `${daemon.root}/deployments/interop/tree`;
  const up = await docker?.compose(
    engine,
    ["-p", "interop", "-f", `${tree}/compose.yaml`, "up", "-d", "--pull", "never"],
    tree,
  );
  expect(up).toMatchObject({ code: 0 });
  expect(await ids()).toEqual(before);
});
