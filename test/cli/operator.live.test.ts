import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "../../src/stack.ts";
import { tallyman } from "../support/daemon.ts";
import { containersOf, engineApi, removeProject } from "../support/engine-api.ts";
import { oneService } from "../support/sample-stack.ts";
import { type StackRig, stackRig } from "../support/stack-rig.ts";

// The operator's verbs against a real daemon and a real Engine, in the order of a bad afternoon.

const NAME = "operated";
let rig: StackRig;
let commits: readonly string[] = [];

const compose = (version: string): object =>
  JSON.parse(oneService(version, { deploy: { update_config: { monitor: "1s" } } })) as object;
const run = (...words: string[]) => rig.daemon.run(...words);

async function variable(name: string): Promise<string | undefined> {
  const { Config } = await rig.inspect("web");
  return Config.Env.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}

beforeAll(async () => {
  rig = await stackRig({ name: NAME });
  commits = [await rig.push(compose("1"))];
  await rig.daemon.json(["stack", "add", NAME, "--repo", rig.server.url(NAME), "--interval", "5m"]);
  await rig.inSync();
  commits = [...commits, await rig.push(compose("2"))];
  expect(await rig.deploy()).toBe(0);
}, 240_000);

afterAll(async () => await rig[Symbol.asyncDispose](), 60_000);

test("off a terminal every line of the log is an object", () => {
  const lines = rig.daemon.log().trim().split("\n");
  expect(lines.map((line) => typeof (JSON.parse(line) as { message: unknown }).message)).toEqual(
    lines.map(() => "string"),
  );
  expect(lines.filter((line) => line.includes("/setup/"))).toHaveLength(1);
});

test("a rollback runs the release before, and stays there while new commits come", async () => {
  const back = await run("rollback", NAME, "--why", "slow", "--wait");
  expect([back.code, await variable("VERSION")]).toEqual([0, "1"]);
  expect(back.stdout).toContain(`${NAME} is pinned to ${commits[0]?.slice(0, 7)}`);
  expect(await rig.deploy()).toBe(0);
  expect(await variable("VERSION")).toBe("1");
  expect(await rig.status()).toMatchObject({ pinned: true, commit: commits[0], wantedCommit: commits[1] });
  expect((await run("status", NAME)).stdout).toContain("slow");
}, 120_000);

test("resume follows the repository again", async () => {
  const resumed = await run("resume", NAME, "--wait");
  expect([resumed.code, await variable("VERSION")]).toEqual([0, "2"]);
  expect(resumed.stdout).toContain(`next runs ${commits[1]?.slice(0, 7)}`);
  expect(await rig.status()).toMatchObject({ state: "in-sync", pinned: false, suspended: null });
}, 120_000);

test("another ref is planned, deployed and left again", async () => {
  const file = { "compose.yaml": JSON.stringify(compose("3")) };
  await rig.repository.commit(file, "Try three", { branch: "next" });
  const planned = await run("plan", NAME, "--ref", "next");
  expect([planned.code, planned.stdout]).toEqual([4, expect.stringContaining("VERSION")]);
  expect((await run("deploy", NAME, "--ref", "nowhere")).code).toBe(1);
  const tried = await run("deploy", NAME, "--ref", "next", "--wait");
  expect([tried.code, await variable("VERSION")]).toEqual([0, "3"]);
  expect((await run("status", NAME)).stdout).toContain("deploy of next");
  expect((await run("resume", NAME, "--wait")).code).toBe(0);
  expect(await variable("VERSION")).toBe("2");
}, 120_000);

test("a stopped stack stays stopped until it is started", async () => {
  expect((await run("stop", NAME, "--why", "moving", "--wait")).code).toBe(0);
  expect(await rig.running()).toEqual({});
  expect(await rig.status()).toMatchObject({ state: "stopped", stopped: { why: "moving" } });
  expect((await run("start", NAME, "--wait")).code).toBe(0);
  expect(await variable("VERSION")).toBe("2");
}, 120_000);

test("a suspended stack is left alone, a new commit too", async () => {
  expect((await run("suspend", NAME)).code).toBe(0);
  await rig.push(compose("${SECRET:?is not set}"));
  expect((await run("deploy", NAME, "--wait")).code).toBe(1);
  expect(await variable("VERSION")).toBe("2");
}, 120_000);

test("a missing secret is refused, and setting it mends the deployment without a commit", async () => {
  expect((await run("resume", NAME, "--wait")).code).not.toBe(0);
  expect(await variable("VERSION")).toBe("2");
  const path = ["secret", "set", NAME, "SECRET", "--wait"];
  const set = await tallyman([...path, "--root", rig.root], { input: "hush-3\n" });
  expect([set.code, await variable("VERSION")]).toEqual([0, "hush-3"]);
  const told = await Promise.all([run("secret", "list", NAME), run("history", NAME), run("status", NAME)]);
  expect(JSON.stringify([told, set])).not.toContain("hush-3");
}, 120_000);

test("an edited stack goes on with its new settings", async () => {
  const edited = await run("stack", "edit", NAME, "--ref", commits[0] ?? "", "--drift", "report", "--wait");
  expect([edited.code, await variable("VERSION")]).toEqual([0, "1"]);
  expect(await rig.daemon.json<{ stack: Stack }>(["stack", "show", NAME])).toMatchObject({
    stack: { ref: commits[0], drift: "report" },
  });
}, 120_000);

test("a running project is adopted without a restart", async () => {
  const project = `${NAME}-before`;
  await removeProject(rig.engine, project);
  const file = join(rig.directory.path, "compose.yaml");
  writeFileSync(file, `${JSON.stringify(compose("1"), null, 2)}\n`);
  const on = ["-f", file, "-p", project, "--docker-host", rig.engine.dockerHost];
  expect((await tallyman(["compose", "up", "--wait", ...on])).code).toBe(0);
  const ids = async () => (await containersOf(rig.engine, project)).map(({ Id }) => Id);
  const before = await ids();
  const argv = ["stack", "adopt", project, "--repo", rig.server.url(NAME), "--ref", commits[0] ?? ""];
  const adopted = await run(...argv);
  expect([adopted.code, adopted.stdout]).toEqual([0, expect.stringContaining("nothing to do")]);
  expect(await rig.daemon.status(project)).toMatchObject({ state: "suspended" });
  expect((await run("resume", project, "--wait")).code).toBe(0);
  expect(await ids()).toEqual(before);
  expect((await run("stack", "remove", project)).code).toBe(0);
  expect(await ids()).toEqual([]);
}, 180_000);

test("volumes go only when both words were said", async () => {
  await engineApi(rig.engine, "/volumes/create", "POST", {
    Name: `${NAME}_data`,
    Labels: { "com.docker.compose.project": NAME, "com.docker.compose.volume": "data" },
  });
  const refused = await run("stack", "remove", NAME, "--volumes");
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(`${NAME}_data`)]);
  const removed = await run("stack", "remove", NAME, "--volumes", "--yes-delete-data");
  expect([removed.code, removed.stdout]).toEqual([0, expect.stringContaining(`deleted ${NAME}_data`)]);
}, 120_000);
