import type { Browser, Page } from "playwright-core";
import type { Daemon } from "./daemon.ts";

/** Makes the first account through the setup link, as a newcomer does; gives a page that is logged in. */
export async function signUp(browser: Browser, daemon: Daemon): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(await daemon.setupLink());
  await page.fill('input[name="name"]', "ada");
  await page.fill('input[name="password"]', "a harbour full of tallies 7");
  await page.fill('input[name="repeated"]', "a harbour full of tallies 7");
  await Promise.all([page.waitForURL(`${daemon.url}/`), page.click('main button[type="submit"], form button')]);
  return page;
}

/** The text that a person sees on a page of the daemon. */
export async function shownOn(page: Page, daemon: Daemon, path: string): Promise<string> {
  await page.goto(`${daemon.url}${path}`);
  // biome-ignore lint/performance/useDomNodeTextContent: only what is visible counts
  return page.locator("body").innerText();
}
