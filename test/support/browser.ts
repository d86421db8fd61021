import { type Browser, chromium } from "playwright-core";
import { programPath } from "../../.ci/engine-host.ts";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

/** Debian's Chromium, headless, with an empty profile. Close it in afterAll. */
export function openBrowser(...more: readonly string[]): Promise<Browser> {
  const executablePath = programPath("chromium");
  if (executablePath === null) throw new Error("Chromium is missing: install Debian's chromium");
  return chromium.launch({ executablePath, headless: true, args: [...FLAGS, ...more], timeout: 60_000 });
}
