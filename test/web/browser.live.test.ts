import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { startServer, type WebServer } from "../../src/web/server.ts";
import { openBrowser } from "../support/browser.ts";
import { callSocket, NEW_STACK, PASSWORD, StillReconciler, type WebFixture, webFixture } from "./web-fixture.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
}, 60_000);
afterAll(() => browser.close());

/** A page that notes whatever the browser refuses or complains of. */
async function watchedPage(): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const page = await (await browser.newContext()).newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith("http://127.0.0.1:")) complaints.push(`asked for ${request.url()}`);
  });
  return { page, complaints };
}

async function signUp(page: Page, fixture: WebFixture): Promise<void> {
  await page.goto(fixture.server.setupUrl ?? "");
  await page.fill('input[name="name"]', "ada");
  await page.fill('input[name="password"]', PASSWORD);
  await page.fill('input[name="repeated"]', PASSWORD);
  await Promise.all([page.waitForURL(`${fixture.url}/`), page.click('button[type="submit"]')]);
}

test("setup, logout, login, adding and removing a stack work in a browser, under the policy and without a foreign request", async () => {
  await using fixture = await webFixture();
  const { page, complaints } = await watchedPage();
  await signUp(page, fixture);
  await page.click("summary");
  await Promise.all([page.waitForURL(`${fixture.url}/login`), page.click("text=Log out")]);
  await page.fill('input[name="name"]', "ada");
  await page.fill('input[name="password"]', PASSWORD);
  await Promise.all([page.waitForURL(`${fixture.url}/`), page.click('button[type="submit"]')]);

  await page.click("text=Add a stack");
  await page.fill('input[name="repository"]', "git@forge.example:infra.git");
  await page.fill('input[name="name"]', "Shop");
  await page.locator("form.fields").evaluate((form: HTMLFormElement) => form.setAttribute("novalidate", ""));
  await page.click("text=Go on to the connection");
  expect(await page.locator("[role=alert]").textContent()).toContain('"Shop" is not a name');
  expect(await page.inputValue('input[name="repository"]')).toBe("git@forge.example:infra.git");
  await page.fill('input[name="name"]', "shop");
  await Promise.all([page.waitForURL("**/stacks/shop/connect"), page.click("text=Go on to the connection")]);
  expect(await page.textContent("main")).toContain("ssh-ed25519 AAAA tallyman-shop");

  for (const path of ["/stacks/shop", "/stacks/shop/plan", "/stacks/shop/logs", "/events", "/host", "/"]) {
    const answer = await page.goto(`${fixture.url}${path}`);
    expect([path, answer?.status()]).toEqual([path, 200]);
  }
  await page.goto(`${fixture.url}/stacks/shop/remove`);
  await Promise.all([page.waitForURL(`${fixture.url}/`), page.click('button:has-text("Remove shop")')]);
  expect(fixture.reconciler.asked).toEqual(["adopt shop", "remove shop"]);
  expect(complaints.filter((text) => !text.includes("status of 400"))).toEqual([]);
}, 60_000);

test("the overview changes by itself, keeps the focus, and shows a stack that was added elsewhere", async () => {
  await using fixture = await webFixture();
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  const { page, complaints } = await watchedPage();
  await signUp(page, fixture);
  await page.waitForSelector("text=in sync");
  await page.focus("text=shop");
  const still = fixture.reconciler.status.bind(fixture.reconciler);
  fixture.reconciler.status = async (stackName) => ({
    ...(await still(stackName)),
    state: "degraded",
    reason: "web <b>is</b> unhealthy",
  });
  fixture.bus.publish("shop", { type: "containers-changed" });
  await page.waitForSelector("text=degraded");
  expect(await page.textContent("#stacks")).toContain("web <b>is</b> unhealthy");
  expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe("shop");
  await callSocket(fixture, "POST", "/stacks", { ...NEW_STACK, name: "blog" });
  await page.waitForSelector("#row-blog");
  expect(complaints).toEqual([]);
}, 60_000);

test("a page opens its stream though the script for it comes late", async () => {
  await using fixture = await webFixture();
  const { page } = await watchedPage();
  await page.route("**/hx-sse.js", async (route) => {
    await Bun.sleep(1_000);
    await route.continue();
  });
  const streaming = page.waitForResponse((answer) => answer.url().includes("/live"), { timeout: 20_000 });
  await signUp(page, fixture);
  expect((await streaming).status()).toBe(200);
}, 60_000);

test("a page says that its reader was logged out elsewhere", async () => {
  await using fixture = await webFixture();
  const { page } = await watchedPage();
  const streaming = page.waitForResponse((answer) => answer.url().includes("/live"));
  await signUp(page, fixture);
  await streaming;
  const other = await page.context().newPage();
  await other.goto(`${fixture.url}/events`);
  await other.click("summary");
  await Promise.all([other.waitForURL(`${fixture.url}/login`), other.click("text=Log out")]);
  await page.bringToFront();
  await page.waitForSelector("#stale >> text=You are logged out.", { timeout: 30_000 });
}, 60_000);

/** The server as it comes back after a restart: at the same address, with nothing in memory. */
async function restarted(fixture: WebFixture): Promise<WebServer> {
  const { hostname: host, port } = new URL(fixture.url);
  return await startServer({ ...fixture.options, listen: { host, port: Number(port) } });
}

/** Waits for so many more requests of the stream that fail. */
async function attemptsInVain(page: Page, count: number): Promise<void> {
  for (let attempt = 0; attempt < count; attempt += 1) {
    await page.waitForEvent("requestfailed", { predicate: (one) => one.url().includes("/live"), timeout: 30_000 });
  }
}

function showReason(fixture: WebFixture, reason: string): void {
  const { reconciler, bus } = fixture;
  const still = StillReconciler.prototype.status.bind(reconciler);
  reconciler.status = async (stackName) => ({ ...(await still(stackName)), state: "degraded", reason });
  bus.publish("shop", { type: "containers-changed" });
}

test("a page whose stream is cut again and again shows what changed meanwhile, also after a long outage", async () => {
  await using fixture = await webFixture();
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  const { page } = await watchedPage();
  const streaming = page.waitForResponse((answer) => answer.url().includes("/live"));
  await signUp(page, fixture);
  await streaming;
  let server = fixture.server;
  for (const reason of ["first cut", "second cut", "third cut"]) {
    await server.stop();
    showReason(fixture, reason);
    server = await restarted(fixture);
    await page.waitForSelector(`text=${reason}`, { timeout: 15_000 });
  }
  await server.stop();
  // By then the extension's own back-off would wait for half a minute.
  await attemptsInVain(page, 6);
  expect(await page.textContent("#stale")).toContain("Tallyman does not answer. This is how it was at ");
  showReason(fixture, "long outage");
  server = await restarted(fixture);
  await page.waitForSelector("text=long outage", { timeout: 15_000 });
  expect(await page.textContent("#stale")).toBe("");
  showReason(fixture, "live again");
  await page.waitForSelector("text=live again", { timeout: 15_000 });
  await server.stop();
}, 120_000);
