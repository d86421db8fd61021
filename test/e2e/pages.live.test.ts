import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { type Daemon, startDaemon } from "../support/daemon.ts";
import { testEngine } from "../support/engine.ts";
import { removeProject } from "../support/engine-api.ts";
import { type GitHttpServer, serveGitOverHttp } from "../support/git-http.ts";
import { busyboxImage } from "../support/images.ts";
import { createRepository, type TestRepository } from "../support/repository.ts";
import { twoServices } from "../support/sample-stack.ts";
import { signUp } from "../support/sign-up.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { auditScript } from "../views/audit.ts";
import type { Audit } from "../views/audit-in-page.ts";

// A person's way through the pages of the real program: account, first stack, live deployment, a failure, removal.

const PICTURES = join(import.meta.dir, "../../dist/pages");
const directory = temporaryDirectory("pages");
const complaints: string[] = [];
let repository: TestRepository;
let server: GitHttpServer;
let daemon: Daemon;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  const engine = await testEngine();
  await busyboxImage(engine);
  repository = await createRepository(directory.path, "harbour");
  await repository.commit({ "compose.yaml": twoServices({ version: "1" }) }, "Lay the quay <b>&</b>");
  server = await serveGitOverHttp({ root: directory.path });
  daemon = await startDaemon({ engine, root: `${directory.path}/root`, flags: ["--interval", "5s"] });
  browser = await openBrowser();
  page = await signUp(browser, daemon);
  listen(page);
}, 180_000);

afterAll(async () => {
  await browser.close();
  await daemon.stop();
  await server.stop();
  await removeProject(await testEngine(), "harbour");
  directory.remove();
}, 60_000);

/** Whatever the browser refuses, misses or asks elsewhere. */
function listen(watched: Page): void {
  watched.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  watched.on("pageerror", (error) => complaints.push(String(error)));
  watched.on("request", (request) => {
    if (!request.url().startsWith(daemon.url)) complaints.push(`asked for ${request.url()}`);
  });
}

async function picture(name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}.png`), fullPage: true });
  }
}

test("an empty Tallyman says what to do next", async () => {
  expect(await page.textContent("main")).toContain("No stacks yet");
  await picture("empty");
});

test("a stack is added in three steps and becomes healthy before one's eyes, without a reload", async () => {
  await page.click("#stacks >> text=Add a stack");
  await page.fill('input[name="repository"]', server.url("harbour"));
  await page.fill('input[name="name"]', "harbour");
  await picture("add");
  await Promise.all([page.waitForURL("**/stacks/harbour/connect"), page.click("text=Go on to the connection")]);
  expect(await page.textContent("main")).toContain("The repository answers.");
  await page.goto(`${daemon.url}/stacks/harbour`);
  const loaded = await page.evaluate(() => performance.timeOrigin);
  await page.waitForSelector("#stack-head >> text=in sync", { timeout: 120_000 });
  await page.waitForSelector('#stack-deployments .state:has-text("healthy")');
  expect(await page.evaluate(() => performance.timeOrigin)).toBe(loaded);
  expect(await page.textContent("#stack-services")).toContain("app");
  expect(await page.textContent("#stack-facts")).toContain("Lay the quay <b>&</b>");
  await picture("stack");
}, 200_000);

test("the deployment's page tells plan, times and verdicts", async () => {
  await Promise.all([page.waitForURL("**/deployments/*"), page.click("#stack-deployments a")]);
  const text = await page.textContent("main");
  for (const word of ["Plan", "app", "db", "healthy"]) expect(text).toContain(word);
  await picture("deployment");
});

test("a commit that is not healthy shows on the open page, with the way back", async () => {
  await page.goto(`${daemon.url}/stacks/harbour`);
  await page.waitForSelector("#stack-head >> text=in sync");
  await repository.commit({ "compose.yaml": twoServices({ version: "2", healthy: false }) }, "Break the crane");
  await page.waitForSelector("#stack-head >> text=failed", { timeout: 120_000 });
  expect(await page.textContent("#stack-note")).toContain("its healthcheck fails");
  await picture("failed");
  await page.goto(`${daemon.url}/`);
  await page.waitForSelector("#attention >> text=harbour");
  await picture("overview");
}, 200_000);

test("logs, plan, events and host are there", async () => {
  for (const path of ["/stacks/harbour/logs", "/stacks/harbour/plan", "/events", "/host"]) {
    expect([path, (await page.goto(`${daemon.url}${path}`))?.status()]).toEqual([path, 200]);
    await picture(path.split("/").at(-1) ?? "");
  }
}, 120_000);

test("every page fits a phone, a thumb and tired eyes", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.addInitScript({ content: await auditScript() });
  const found: unknown[] = [];
  const shop = ["", "/logs", "/plan", "/rollback", "/variables", "/settings", "/stop", "/remove"];
  for (const path of ["/", "/stacks/new", "/events", "/host", ...shop.map((end) => `/stacks/harbour${end}`)]) {
    await page.goto(`${daemon.url}${path}`);
    const { pale, small, sticksOut } = await page.evaluate<Audit>("audit()");
    if (pale.length + small.length + sticksOut > 0) found.push([path, pale, small, sticksOut]);
  }
  expect(found).toEqual([]);
  await page.setViewportSize({ width: 1280, height: 800 });
}, 60_000);

test("the page finds its way back to a daemon that was started again", async () => {
  await page.goto(`${daemon.url}/`);
  const loaded = await page.evaluate(() => performance.timeOrigin);
  const port = Number(new URL(daemon.url).port);
  await daemon.kill();
  daemon = await startDaemon({ engine: await testEngine(), root: daemon.root, port, flags: ["--interval", "5s"] });
  await repository.commit({ "compose.yaml": twoServices({ version: "3" }) }, "Mend the crane");
  await page.waitForSelector("#row-harbour >> text=in sync", { timeout: 120_000 });
  expect(await page.evaluate(() => performance.timeOrigin)).toBe(loaded);
}, 200_000);

test("a removed stack is gone, and says before what stays", async () => {
  await page.goto(`${daemon.url}/stacks/harbour/remove`);
  expect(await page.textContent("main")).toContain("Every volume");
  await Promise.all([
    page.waitForURL(`${daemon.url}/`, { timeout: 60_000 }),
    page.click('button:has-text("Remove harbour")'),
  ]);
  expect(await page.textContent("main")).toContain("No stacks yet");
}, 90_000);

test("the browser had nothing to complain of", () => {
  // While the daemon was away, its streams could not be reached: that much is allowed.
  const away =
    /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|Failed to fetch|network error/;
  expect(complaints.filter((text) => !away.test(text))).toEqual([]);
});
