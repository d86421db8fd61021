import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import type { Deployment } from "../../src/deployment.ts";
import { openBrowser } from "../support/browser.ts";
import { type Daemon, startDaemon } from "../support/daemon.ts";
import { testEngine } from "../support/engine.ts";
import { containersOf, removeProject } from "../support/engine-api.ts";
import { git } from "../support/repository.ts";
import { shownOn, signUp } from "../support/sign-up.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/waiting.ts";

// The way that the README promises: see it healthy, push a change, push a break, see the former containers back.

const work = temporaryDirectory("demo");
const clone = `${work.path}/sample`;
let daemon: Daemon;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  daemon = await startDaemon({ engine: await testEngine(), verb: "demo", readyDeadlineMs: 120_000 });
  browser = await openBrowser();
  page = await signUp(browser, daemon);
}, 180_000);

afterAll(async () => {
  await browser.close();
  await daemon.stop();
  await removeProject(await testEngine(), "sample");
  work.remove();
}, 60_000);

const inSync = (commit?: string) =>
  until(
    `the sample is in sync${commit === undefined ? "" : ` at ${commit}`}`,
    async () => {
      const status = await daemon.status("sample");
      return status.state === "in-sync" && (commit === undefined || status.commit === commit) ? status : null;
    },
    120_000,
    250,
  );

const running = async () =>
  (await containersOf(await testEngine(), "sample")).filter(({ State }) => State === "running");

async function push(edit: readonly [string | RegExp, string], message: string): Promise<string> {
  const file = Bun.file(`${clone}/compose.yaml`);
  await Bun.write(file, (await file.text()).replace(...edit));
  await git(clone, "commit", "--quiet", "--all", "-m", message);
  await git(clone, "push", "--quiet");
  return git(clone, "rev-parse", "HEAD");
}

test("the sample becomes healthy at its commit, and the page says so", async () => {
  const status = await inSync();
  await git(work.path, "clone", "--quiet", `${daemon.root}/demo/sample.git`, clone);
  expect(status.commit).toBe(await git(clone, "rev-parse", "HEAD"));
  expect(status.services.map((service) => service.state)).toEqual(status.services.map(() => "running"));
  const text = await shownOn(page, daemon, "/stacks/sample");
  expect(text).toContain((status.commit ?? "").slice(0, 7));
  expect(text.toLowerCase()).toContain("in sync");
}, 180_000);

test("a pushed change is deployed within the interval", async () => {
  const before = (await running()).map(({ Id }) => Id);
  const commit = await push([/GREETING: .*/, 'GREETING: "Hello again"'], "Say hello again");
  await inSync(commit);
  const after = await running();
  expect(after.length).toBeGreaterThan(0);
  expect(after.some(({ Id }) => !before.includes(Id))).toBe(true);
  expect(await shownOn(page, daemon, "/stacks/sample")).toContain("Say hello again");
}, 180_000);

test("an unhealthy change ends with the former containers, and page and command line say so", async () => {
  const before = (await running()).map(({ Id }) => Id).sort();
  const release = (await daemon.status("sample")).commit;
  const bad = await push([/BROKEN: .*/, 'BROKEN: "yes"'], "Break the page");
  const failed = await until(
    "the bad commit failed and the former release is back",
    async () => {
      const [newest, older] = await daemon.json<readonly Deployment[]>(["history", "sample"]);
      return newest?.trigger === "rollback" && newest.status === "healthy" && older?.commit === bad ? older : null;
    },
    150_000,
    250,
  );
  expect(failed).toMatchObject({ status: "failed", class: "unhealthy", message: "Break the page" });
  expect((await running()).map(({ Id }) => Id).sort()).toEqual(before);
  expect(await containersOf(await testEngine(), "sample")).toHaveLength(before.length);

  const status = await until(
    "what came back is proven again",
    async () => {
      const now = await daemon.status("sample");
      return now.state === "reconciling" ? null : now;
    },
    60_000,
    200,
  );
  expect(status).toMatchObject({ commit: release, wantedCommit: bad });
  expect(["failed", "degraded", "out-of-sync"]).toContain(status.state);
  expect((await daemon.run("status", "sample", "--exit-code")).code).not.toBe(0);
  const text = await shownOn(page, daemon, "/stacks/sample");
  expect(text).toContain(bad.slice(0, 7));
  expect(text).toContain((release ?? "").slice(0, 7));
  expect(await shownOn(page, daemon, `/deployments/${failed.id}`)).toContain("Break the page");
}, 240_000);
