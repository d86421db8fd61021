import { expect, test } from "bun:test";
import { Browser, webFixture } from "./web-fixture.ts";

test("style, scripts and fonts are handed out to everybody, to be kept for ever, under a name that changes with them", async () => {
  await using fixture = await webFixture();
  const browser = new Browser(fixture.url);
  const html = await (await browser.get("/setup")).text();
  const style = /href="(\/assets\/[0-9a-f]{16}\/tally\.css)"/.exec(html)?.[1] ?? "";
  const answer = await browser.get(style);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/css; charset=utf-8"]);
  expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  const css = await answer.text();
  const named = [...css.matchAll(/url\("?([^")]+)"?\)/g)].map((match) => match[1] ?? "");
  expect(named.length).toBeGreaterThan(0);
  for (const name of [...named, "page.js", "htmx.js", "hx-sse.js", "favicon.svg"])
    expect([name, (await browser.get(style.replace("tally.css", name))).status]).toEqual([name, 200]);
});

test("nothing else is", async () => {
  await using fixture = await webFixture();
  const browser = new Browser(fixture.url);
  const style = /href="(\/assets\/[0-9a-f]{16}\/)/.exec(await (await browser.get("/setup")).text())?.[1] ?? "";
  for (const path of [
    "/assets/0000000000000000/tally.css",
    `${style}constructor`,
    `${style}__proto__`,
    `${style}package.json`,
  ])
    expect([path, (await browser.get(path)).status]).toEqual([path, 404]);
});
