import { describe, expect, test } from "bun:test";
import {
  type Browser,
  callSocket,
  csrfOfSession,
  NEW_STACK,
  setUp,
  type WebFixture,
  webFixture,
} from "./web-fixture.ts";

/** The data of the messages of an event stream, one after the other. */
async function* messagesOf(answer: Response): AsyncGenerator<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const parts = text.split("\n\n");
    text = parts.pop() ?? "";
    for (const part of parts.filter((one) => !one.startsWith(":"))) yield part.replaceAll(/^data: /gm, "");
  }
}

function targetsIn(message: string): readonly string[] {
  return [...message.matchAll(/<hx-partial hx-target="([^"]+)" hx-swap="outerMorph">/g)].map((match) => match[1] ?? "");
}

async function watched(
  page: string,
): Promise<{ fixture: WebFixture; browser: Browser; messages: AsyncGenerator<string> }> {
  const fixture = await webFixture();
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  const browser = await setUp(fixture);
  return { fixture, browser, messages: messagesOf(await browser.get(`/live?page=${page}`)) };
}

function changeState(fixture: WebFixture, reason: string): void {
  const still = fixture.reconciler.status.bind(fixture.reconciler);
  fixture.reconciler.status = async (stackName) => ({
    ...(await still(stackName)),
    state: "degraded",
    reason,
    hint: "Look.",
  });
  fixture.bus.publish("shop", { type: "containers-changed" });
}

describe("the live stream of the overview", () => {
  test("first sends every piece, then only what changed, as the page itself shows it", async () => {
    const { fixture, browser, messages } = await watched("overview");
    await using _end = fixture;
    const all = targetsIn((await messages.next()).value ?? "");
    expect(all).toContain("#stacks");
    expect(all).toContain("#host");
    expect(all.length).toBeGreaterThan(1);
    changeState(fixture, "web </script><b>is</b> unhealthy");
    const update = (await messages.next()).value ?? "";
    expect(targetsIn(update)).toContain("#stacks");
    expect(targetsIn(update).length).toBeLessThanOrEqual(all.length);
    expect(update).toContain("web &lt;/script&gt;");
    const list = /hx-target="#stacks"[^>]*>(.*)<\/hx-partial>/s.exec(update)?.[1];
    expect(await (await browser.get("/")).text()).toContain(String(list));
  });

  test("sends nothing for an event that changes nothing", async () => {
    const { fixture, messages } = await watched("overview");
    await using _end = fixture;
    await messages.next();
    fixture.bus.publish("shop", { type: "polled", commit: "x", changed: false });
    await Bun.sleep(300);
    changeState(fixture, "second");
    expect((await messages.next()).value).toContain("second");
  });

  test("shows a stack that was added and drops one that was removed", async () => {
    const { fixture, messages } = await watched("overview");
    await using _end = fixture;
    await messages.next();
    await callSocket(fixture, "POST", "/stacks", { ...NEW_STACK, name: "blog" });
    const added = (await messages.next()).value ?? "";
    expect(targetsIn(added)).toContain("#stacks");
    expect(added).toContain('id="row-blog"');
    await callSocket(fixture, "DELETE", "/stacks/blog");
    const removed = (await messages.next()).value ?? "";
    expect(targetsIn(removed)).toContain("#stacks");
    expect(removed).not.toContain('id="row-blog"');
  });

  test("ends on logout", async () => {
    const { fixture, browser, messages } = await watched("overview");
    await using _end = fixture;
    await messages.next();
    await browser.post("/logout", { csrf: csrfOfSession(browser) });
    expect((await messages.next()).done).toBe(true);
  });

  test("asks the Engine once for a hundred readers, and skips states for slow ones", async () => {
    const { fixture, browser, messages } = await watched("overview");
    await using _end = fixture;
    await messages.next();
    const others = await Promise.all(Array.from({ length: 100 }, () => browser.get("/live?page=overview")));
    const readers = others.map(messagesOf);
    await Promise.all(readers.map((reader) => reader.next()));
    let loads = 0;
    const statuses = fixture.reconciler.statuses.bind(fixture.reconciler);
    fixture.reconciler.statuses = () => {
      loads += 1;
      return statuses();
    };
    for (let change = 0; change < 500; change += 1) fixture.bus.publish("shop", { type: "containers-changed" });
    changeState(fixture, "the last word");
    const updates = await Promise.all(readers.map((reader) => reader.next()));
    expect(updates.filter(({ value }) => String(value).includes("the last word"))).toHaveLength(100);
    expect(loads).toBeLessThan(10);
  });
});

describe("the live stream of a stack", () => {
  test("sends its pieces and hears of its own events only", async () => {
    const { fixture, messages } = await watched("stack:shop");
    await using _end = fixture;
    expect(targetsIn((await messages.next()).value ?? "")).toContain("#stack-services");
    changeState(fixture, "web is unhealthy");
    expect((await messages.next()).value).toContain("web is unhealthy");
  });

  test("ends when the stack is removed", async () => {
    const { fixture, messages } = await watched("stack:shop");
    await using _end = fixture;
    await messages.next();
    await callSocket(fixture, "DELETE", "/stacks/shop");
    while (!(await messages.next()).done);
  });
});

test("a page that does not exist has no stream", async () => {
  await using fixture = await webFixture();
  const browser = await setUp(fixture);
  for (const name of ["stack:nobody", "deployment:7", "deployment:x", "nothing", ""])
    expect([name, (await browser.get(`/live?page=${name}`)).status]).toEqual([name, 404]);
});
