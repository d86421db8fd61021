import { expect, test } from "bun:test";
import { hostPiece, layout, plainLayout } from "../../views/layout.tsx";
import { CONTEXT } from "./sample.ts";

const page = (live: string | null) =>
  layout(CONTEXT, { title: "<T>", section: "stacks", live, children: "x" }).toString();

test("a live page opens its stream and retries when the first attempt fails", () => {
  expect(page("/live?a=1&b=2")).toContain(`hx-sse:connect="/live?a=1&amp;b=2" hx-trigger="load, every 10s"`);
});

test("htmx cannot look at the page before its extension has come", () => {
  const scripts =
    page("/live").match(/<script[^>]*htmx\.js[^>]*><\/script><script[^>]*hx-sse\.js[^>]*>/)?.[0] ?? "defer";
  expect(scripts).not.toMatch(/defer|async/);
});

function htmxConfig() {
  const content = /<meta name="htmx-config" content="([^"]+)"/.exec(page("/live"))?.[1] ?? "";
  return JSON.parse(content.replaceAll("&#34;", '"')) as Readonly<Record<string, unknown>> & {
    readonly sse: Readonly<Record<string, number>>;
  };
}

test("htmx may ask nobody but us, and no other extension may join it", () => {
  expect(htmxConfig()).toMatchObject({ mode: "same-origin", extensions: "sse" });
});

test("a stream that broke is asked for again within five seconds", () => {
  const config = htmxConfig();
  const { reconnectMaxDelay = Number.NaN, reconnectJitter = Number.NaN } = config.sse;
  expect(reconnectMaxDelay * (1 + reconnectJitter)).toBeLessThanOrEqual(5_000);
});

test("a page that stands still loads no htmx", () => {
  expect(page(null)).not.toContain("htmx");
  expect(page("/live")).toContain("/assets/0/htmx.js");
});

test("an Engine that does not answer is said on every page", () => {
  const html = layout({ ...CONTEXT, host: null }, { title: "T", section: null, live: null, children: "" }).toString();
  expect(html).toContain("Engine does not answer");
});

test("the bar's word on the host is the very piece that the live stream sends", () => {
  for (const context of [CONTEXT, { ...CONTEXT, host: null }]) {
    const html = layout(context, { title: "T", section: null, live: null, children: "" }).toString();
    expect(html).toContain(hostPiece(context).html);
    expect(hostPiece(context).html).toStartWith(`<span id="host" class="host`);
  }
});

test("the title is text", () => {
  expect(page(null)).toContain("<title>&lt;T&gt; · Tallyman</title>");
  expect(plainLayout(CONTEXT, "Log in", "x").toString()).not.toContain("<nav");
});
