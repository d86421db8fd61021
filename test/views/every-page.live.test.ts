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
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;
const DESK = { viewport: { width: 1_280, height: 800 } } as const;

type Look = readonly [width: number, colorScheme: "light" | "dark"];
const AS_PHONE: readonly Look[] = [
  [390, "light"],
  [390, "dark"],
];
/** A desk, and just above the width at which rows are folded. */
const AS_DESK: readonly Look[] = [
  [870, "light"],
  [1_280, "dark"],
];
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
type Findings = Record<"wide" | "squeezed" | "small" | "pale" | "complaints", string[]>;

async function auditedPage(options: BrowserContextOptions, opened = browser): Promise<Page> {
  const context = await opened.newContext(options);
  await context.addInitScript({ content: script });
  return context.newPage();
}

/** Goes to each page once, and looks at it in every way. */
async function findings(page: Page, names: readonly string[], looks: readonly Look[], url = gallery.url) {
  const found: Findings = { wide: [], squeezed: [], small: [], pale: [], complaints: [] };
  let where = "";
  const note = (kind: keyof Findings, text: string) => found[kind].push(`${where}: ${text}`);
  page.on("console", (message) => NOT_OURS.test(message.text()) || note("complaints", message.text()));
  page.on("pageerror", (error) => note("complaints", String(error)));
  for (const name of names) {
    where = name;
    await page.goto(`${url}/${name}`);
    for (const [width, colorScheme] of looks) {
      where = `${name} (${width}, ${colorScheme})`;
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      const audit = await page.evaluate<Audit>(`audit(${width === PHONE.viewport.width})`);
      for (const kind of ["squeezed", "small", "pale"] as const) for (const text of audit[kind]) note(kind, text);
      if (audit.sticksOut > 0) note("wide", `${audit.sticksOut} px`);
    }
  }
  return found;
}

describe("every page", () => {
  let phone: Findings;
  let desk: Findings;
  beforeAll(async () => {
    const pages = [await auditedPage(PHONE), await auditedPage(DESK)] as const;
    [phone, desk] = await Promise.all([findings(pages[0], NAMES, AS_PHONE), findings(pages[1], NAMES, AS_DESK)]);
  }, 240_000);

  test("is as wide as the screen", () => {
    expect([...phone.wide, ...desk.wide]).toEqual([]);
  });

  test("gives every text room for more than a letter a line", () => {
    expect([...phone.squeezed, ...desk.squeezed]).toEqual([]);
  });

  test("has nothing to press that is smaller than 44 px on a phone", () => {
    expect(phone.small).toEqual([]);
  });

  test("keeps the contrast that WCAG AA asks for, in light colours and in dark ones", () => {
    expect(phone.pale).toEqual([]);
  });

  test("gives the browser nothing to complain of", () => {
    expect([...phone.complaints, ...desk.complaints]).toEqual([]);
  });
});

test("twice as large text makes no page wider than a phone or a desk", async () => {
  const large = await openBrowser("--blink-settings=defaultFontSize=32");
  const names = NAMES.filter((name) => name.startsWith("hard-") || ["add-stack", "login", "host"].includes(name));
  const found = await findings(await auditedPage(DESK, large), names, [...AS_PHONE.slice(0, 1), ...AS_DESK.slice(1)]);
  await large.close();
  expect(found.wide).toEqual([]);
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
          h("main", { class: "thin" }, h("p", null, "thin")),
          h("img", { src: "https://elsewhere.example/x.png" }),
        ]),
        h("link", { rel: "stylesheet", href: "/bad.css" }),
      ]),
  };
  const poor = openGallery(bad);
  const page = await auditedPage(PHONE);
  await page.route("**/bad.css", (route) =>
    route.fulfill({
      body: ".pale { color: #999 } .thin { width: 9px; overflow-wrap: anywhere }",
      contentType: "text/css",
    }),
  );
  const found = await findings(page, ["bad"], AS_PHONE.slice(0, 1), poor.url);
  await page.context().close();
  await poor.stop();
  const { pale, small, wide, squeezed } = found;
  expect([pale, small, wide, squeezed].map(({ length }) => length)).toEqual([1, 1, 1, 1]);
  expect(found.complaints.join()).toContain("Content Security Policy");
}, 60_000);
