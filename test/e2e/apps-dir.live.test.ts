import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "../../src/deployment.ts";
import type { StackStatus } from "../../src/stack.ts";
import { type Daemon, startDaemon } from "../support/daemon.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { containersOf, engineApi, removeProject } from "../support/engine-api.ts";
import { busyboxImage } from "../support/images.ts";
import { oneService } from "../support/sample-stack.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/waiting.ts";

// Folders of the apps dir are stacks: written, changed, taken away and put back by hand, without any git.

const SLUGS = ["apps-one", "apps-two", "apps-three"] as const;
const directory = temporaryDirectory("apps");
const apps = join(directory.path, "apps");
let engine: TestEngine;
let daemon: Daemon;

const compose = (version: string, more: Readonly<Record<string, unknown>> = {}) =>
  oneService(version, { deploy: { update_config: { monitor: "1s" } }, ...more });

function write(slug: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(join(apps, slug), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(apps, slug, name), text);
}

const statuses = () => daemon.json<readonly StackStatus[]>(["status"]);
const running = async (slug: string) =>
  (await containersOf(engine, slug)).filter(({ State }) => State === "running").map(({ Id }) => Id);

async function inSync(...slugs: readonly string[]): Promise<void> {
  await until(
    `${slugs.join(", ")} are in sync`,
    async () => {
      const found = await statuses();
      return slugs.every((slug) => found.some(({ name, state }) => name === slug && state === "in-sync"));
    },
    120_000,
    200,
  );
}

async function versionOf(slug: string): Promise<string | undefined> {
  const [id] = await running(slug);
  if (!id) return undefined;
  const { Config } = await engineApi<{ Config: { Env: readonly string[] } }>(engine, `/containers/${id}/json`);
  return Config.Env.find((entry) => entry.startsWith("VERSION="))?.slice("VERSION=".length);
}

beforeAll(async () => {
  engine = await testEngine();
  await busyboxImage(engine);
  for (const slug of SLUGS) write(slug, { "compose.yaml": compose("1") });
  daemon = await startDaemon({ engine, root: `${directory.path}/root`, flags: ["--apps-dir", apps] });
}, 120_000);

afterAll(async () => {
  await daemon.stop();
  for (const slug of SLUGS) await removeProject(engine, slug);
  directory.remove();
}, 60_000);

test("every folder with a Compose file is a stack", async () => {
  await inSync(...SLUGS);
  expect((await statuses()).map(({ name }) => name).sort()).toEqual([...SLUGS].sort());
});

test("a file that was written is deployed, that stack alone, and a variable of its .env counts", async () => {
  const others = [await running("apps-two"), await running("apps-three")];
  write("apps-one", { "compose.yaml": compose("$V"), ".env": "V=2\n" });
  await until("version 2 runs", async () => (await versionOf("apps-one")) === "2", 60_000, 200);
  write("apps-one", { ".env": "V=3\n" });
  await until("version 3 runs", async () => (await versionOf("apps-one")) === "3", 60_000, 200);
  await inSync("apps-one");
  expect([await running("apps-two"), await running("apps-three")]).toEqual(others);
});

test("a broken file is told with its place, and what ran runs on until it is mended", async () => {
  const before = await running("apps-two");
  write("apps-two", { "compose.yaml": "services:\n  web:\n    imag: busybox\n" });
  const broken = await until(
    "the fault is told",
    async () => (await statuses()).find(({ name, state }) => name === "apps-two" && state === "failed"),
    60_000,
    200,
  );
  expect(broken.reason).toContain("compose.yaml:3");
  expect(await running("apps-two")).toEqual(before);
  write("apps-two", { "compose.yaml": compose("2") });
  await until("the mended one runs", async () => (await versionOf("apps-two")) === "2", 60_000, 200);
});

test("a release of a folder that fails goes back to the containers that ran", async () => {
  await inSync("apps-two");
  const before = await running("apps-two");
  write("apps-two", { "compose.yaml": compose("bad", { command: ["false"] }) });
  await until(
    "it has failed",
    async () =>
      (await daemon.json<readonly Deployment[]>(["history", "apps-two"])).some((one) => one.class === "unhealthy"),
    60_000,
    200,
  );
  await until(
    "the former container runs",
    async () => (await running("apps-two")).join() === before.join(),
    60_000,
    200,
  );
  write("apps-two", { "compose.yaml": compose("4") });
  await until("version 4 runs", async () => (await versionOf("apps-two")) === "4", 60_000, 200);
  await inSync("apps-two");
});

test("all folders gone at once remove nothing, and all goes on when they are back", async () => {
  const before = await Promise.all(SLUGS.map(running));
  mkdirSync(join(directory.path, "away"));
  for (const slug of SLUGS) renameSync(join(apps, slug), join(directory.path, "away", slug));
  await until(
    "nobody believes it",
    async () => (await statuses()).every(({ state }) => state === "suspended"),
    60_000,
    200,
  );
  expect((await statuses())[0]?.reason).toContain("its folder is gone");
  expect(await Promise.all(SLUGS.map(running))).toEqual(before);
  for (const slug of SLUGS) renameSync(join(directory.path, "away", slug), join(apps, slug));
  await inSync(...SLUGS);
  expect(await Promise.all(SLUGS.map(running))).toEqual(before);
});

test("one folder that is gone takes its stack with it, and brings its history back", async () => {
  const entries = (await daemon.json<readonly Deployment[]>(["history", "apps-three"])).length;
  rmSync(join(apps, "apps-three"), { recursive: true });
  await until("the stack is removed", async () => (await statuses()).length === 2, 60_000, 200);
  await until(
    "its containers are gone",
    async () => (await containersOf(engine, "apps-three")).length === 0,
    60_000,
    200,
  );
  write("apps-three", { "compose.yaml": compose("1") });
  await inSync("apps-three");
  expect((await daemon.json<readonly Deployment[]>(["history", "apps-three"])).length).toBeGreaterThan(entries);
});
