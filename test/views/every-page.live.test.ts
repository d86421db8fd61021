import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { h, type Markup } from "../../views/h.ts";
import { openBrowser } from "../support/browser.ts";
import { auditScript } from "./audit.ts";
import type { Audit } from "./audit-in-page.ts";
import { everyPage } from "./every-page.ts";
import { openGallery } from "./gallery.ts";

// Every sample page in a real browser under the real policy: what a person would stumble over, measured.

const NAMES = Object.keys(everyPage);
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, colorScheme: "light" } as const;
const DESK = { width: 1_280, height: 800 } as const;
/** Said when the test Engine beside us makes a network; no page can help it. */
const NOT_OURS = /ERR_NETWORK_CHANGED/;

let browser: Browser;
let script: string;
const gallery = openGallery();

beforeAll(async () => {
  browser = await openBrowser();
  script = await auditScript();
}, 60_000);

afterAll(async () => {
  await browser.close();
  await gallery.stop();
});

/** What is wrong with pages, a line each, by what was looked for. */
type Findings = Record<"wide" | "wideOnDesk" | "small" | "pale" | "paleInDark" | "complaints", string[]>;

async function auditedPage(options: BrowserContextOptions, opened = browser): Promise<Page> {
  const context = await opened.newContext(options);
  await context.addInitScript({ content: script });
  return context.newPage();
}

/** Goes to each page once, and looks at it on a phone in both themes and on a desk. */
async function look(page: Page, names: readonly string[], url = gallery.url): Promise<Findings> {
  const found: Findings = { wide: [], wideOnDesk: [], small: [], pale: [], paleInDark: [], complaints: [] };
  let name = "";
  const note = (kind: keyof Findings, text: string) => found[kind].push(`${name}: ${text}`);
  page.on("console", (message) => NOT_OURS.test(message.text()) || note("complaints", message.text()));
  page.on("pageerror", (error) => note("complaints", String(error)));
  for (name of names) {
    await page.goto(`${url}/${name}`);
    const light = await page.evaluate<Audit>("audit()");
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await page.evaluate<Audit>("audit()");
    await page.setViewportSize(DESK);
    const desk = await page.evaluate<Audit>("audit()");
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize(PHONE.viewport);
    for (const text of light.small) note("small", text);
    for (const text of light.pale) note("pale", text);
    for (const text of dark.pale) note("paleInDark", text);
    if (light.sticksOut > 0) note("wide", `${light.sticksOut} px`);
    if (desk.sticksOut > 0) note("wideOnDesk", `${desk.sticksOut} px`);
  }
  return found;
}

describe("every page", () => {
  let found: Findings;
  beforeAll(async () => {
    found = await look(await auditedPage(PHONE), NAMES);
  }, 240_000);

  test("is as wide as a phone, and as a desk", () => {
    expect([...found.wide, ...found.wideOnDesk]).toEqual([]);
  });

  test("has nothing to press that is smaller than 44 px on a phone", () => {
    expect(found.small).toEqual([]);
  });

  test("keeps the contrast that WCAG AA asks for, in light colours and in dark ones", () => {
    expect([...found.pale, ...found.paleInDark]).toEqual([]);
  });

  test("gives the browser nothing to complain of", () => {
    expect(found.complaints).toEqual([]);
  });
});

test("twice as large text makes no page wider than a phone or a desk", async () => {
  const large = await openBrowser("--blink-settings=defaultFontSize=32");
  const names = NAMES.filter((name) => name.startsWith("hard-") || ["add-stack", "login", "host"].includes(name));
  const page = await auditedPage({ viewport: PHONE.viewport }, large);
  const found = await look(page, names);
  await large.close();
  expect([...found.wide, ...found.wideOnDesk]).toEqual([]);
}, 120_000);

test("whatever the Tab key reaches shows that it was reached", async () => {
  const page = await browser.newPage();
  for (const name of ["stack-failed", "rollback", "variables", "login"]) {
    await page.goto(`${gallery.url}/${name}`);
    for (let presses = 0; presses < 14; presses += 1) {
      await page.keyboard.press("Tab");
      const shown = await page.evaluate(() => {
        const reached = document.activeElement;
        const around = [reached, reached?.closest(".row") ?? null].filter((one) => one !== null);
        return reached === document.body || around.some((one) => getComputedStyle(one).outlineStyle !== "none");
      });
      expect([name, presses, shown]).toEqual([name, presses, true]);
    }
  }
  await page.close();
}, 60_000);

test("a menu opens and closes from the keyboard, and gives the focus back", async () => {
  const page = await browser.newPage();
  await page.goto(`${gallery.url}/stack-failed`);
  await page.focus("main .menu summary");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Roll back…");
  await page.keyboard.press("Escape");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("More");
  expect(await page.locator("details.menu[open]").count()).toBe(0);
  await page.close();
}, 60_000);

test("what the audit looks for, it finds", async () => {
  const bad: Record<string, () => Markup> = {
    bad: () =>
      h("html", null, [
        h("body", null, [
          h("p", { class: "pale" }, "a"),
          h("pre", null, "x".repeat(400)),
          h("a", { href: "/" }, "small"),
          h("img", { src: "https://elsewhere.example/x.png" }),
        ]),
        h("link", { rel: "stylesheet", href: "/bad.css" }),
      ]),
  };
  const poor = openGallery(bad);
  const page = await auditedPage(PHONE);
  await page.route("**/bad.css", (route) => route.fulfill({ body: ".pale { color: #999 }", contentType: "text/css" }));
  const found = await look(page, ["bad"], poor.url);
  await page.context().close();
  await poor.stop();
  expect([found.pale.length, found.small.length, found.wide.length]).toEqual([1, 1, 1]);
  expect(found.complaints.join()).toContain("Content Security Policy");
}, 60_000);
