import { describe, expect, test } from "bun:test";
import { callSocket, csrfOfSession, NEW_STACK, outcome, setUp, type WebFixture, webFixture } from "./web-fixture.ts";

const SECRET = "t0p-secret\n$(id)";

async function withStacks(): Promise<WebFixture> {
  const fixture = await webFixture();
  for (const name of ["shop", "blog"]) await callSocket(fixture, "POST", "/stacks", { ...NEW_STACK, name });
  fixture.reconciler.asked.length = 0;
  return fixture;
}

describe("a variable", () => {
  test("of a stack leads to a pass of it; its value is told, that of a secret never", async () => {
    await using fixture = await withStacks();
    await callSocket(fixture, "PUT", "/stacks/shop/variables/URL", { value: "https://x" });
    const set = await callSocket(fixture, "PUT", "/stacks/shop/variables/PASSWORD", { value: SECRET, secret: true });
    expect([set.status, set.body]).toEqual([200, { name: "PASSWORD", stack: "shop" }] as never);
    expect(fixture.reconciler.asked).toEqual(["run shop settings", "run shop settings"]);
    const listed = await callSocket(fixture, "GET", "/stacks/shop/variables");
    expect(listed.body).toMatchObject([
      { name: "PASSWORD", stack: "shop", secret: true, value: null, changedBy: "local operator" },
      { name: "URL", secret: false, value: "https://x" },
    ]);
    const everything = [
      listed.body,
      set.body,
      await fixture.store.audit.list(9),
      fixture.bus.recent(9),
      fixture.logged,
    ];
    expect(JSON.stringify(everything)).not.toContain("t0p-secret");
    expect((await fixture.store.variables.variablesOf("shop")).values).toEqual({ PASSWORD: SECRET, URL: "https://x" });
    expect((await fixture.store.audit.list(1))[0]).toMatchObject({ what: "secret set", subject: "shop PASSWORD" });
  });

  test("that is shared leads to a pass of every stack and is seen by each until its own hides it", async () => {
    await using fixture = await withStacks();
    await callSocket(fixture, "PUT", "/variables/SMTP", { value: "mail.example" });
    expect(fixture.reconciler.asked).toEqual(["run blog settings", "run shop settings"]);
    await callSocket(fixture, "PUT", "/stacks/shop/variables/SMTP", { value: "own" });
    const seenBy = async (stack: string) => (await callSocket(fixture, "GET", `/stacks/${stack}/variables`)).body;
    expect([await seenBy("shop"), await seenBy("blog")]).toMatchObject([
      [{ value: "own", stack: "shop" }],
      [{ value: "mail.example", stack: null }],
    ]);
  });

  test("is removed where it was set, and only there", async () => {
    await using fixture = await withStacks();
    await callSocket(fixture, "PUT", "/variables/SMTP", { value: "mail.example" });
    expect((await callSocket(fixture, "DELETE", "/stacks/shop/variables/SMTP")).status).toBe(404);
    expect((await callSocket(fixture, "DELETE", "/variables/SMTP")).body).toEqual({ removed: "SMTP" } as never);
    expect((await callSocket(fixture, "GET", "/variables")).body).toEqual([] as never);
    expect((await fixture.store.audit.list(1))[0]).toMatchObject({
      what: "variable removed",
      subject: "SMTP (shared)",
    });
  });

  test("with wait tells how the pass ended", async () => {
    await using fixture = await withStacks();
    const set = await callSocket(fixture, "PUT", "/stacks/shop/variables/A", { value: "1", wait: true });
    const unset = await callSocket(fixture, "DELETE", "/stacks/shop/variables/A?wait=true");
    expect([set.body["outcome"], unset.body["outcome"]]).toEqual(["in-sync", "in-sync"]);
  });

  test.each([["1A"], ["A-B"], ["A%20B"], ["TALLYMAN_STACK"], ["STEVEDORE_DATA"]])(
    "is refused by the name %s",
    async (name) => {
      await using fixture = await withStacks();
      const { status, body } = await callSocket(fixture, "PUT", `/stacks/shop/variables/${name}`, {
        value: "t0p-secret",
      });
      expect([status, body.error?.message.slice(0, 6)]).toEqual([400, "name: "]);
      expect(JSON.stringify(body)).not.toContain("t0p-secret");
    },
  );

  test.each([[{}], [{ value: 3 }], [{ value: "t0p-secret\u0000" }], [{ value: "x", colour: 1 }]])(
    "is refused with the body %j",
    async (wrong) => {
      await using fixture = await withStacks();
      const { status, body } = await callSocket(fixture, "PUT", "/stacks/shop/variables/A", wrong);
      expect(status).toBe(400);
      expect(JSON.stringify(body)).not.toContain("t0p-secret");
      expect(fixture.reconciler.asked).toEqual([]);
    },
  );
});

describe("the page of variables and secrets", () => {
  test("adds, replaces and removes without a script, and never shows a secret again", async () => {
    await using fixture = await withStacks();
    const browser = await setUp(fixture);
    const csrf = csrfOfSession(browser);
    const typed = { csrf, name: "KEY", kind: "secret", value: "t0p-secret\r\nline\r\n" };
    for (const path of ["/stacks/shop/variables", "/variables"]) {
      expect(await outcome(await browser.post(path, typed))).toBe(`303 ${path}`);
      const html = await (await browser.get(path)).text();
      expect([html.includes("KEY"), html.includes("never shown"), html.includes("t0p-secret")]).toEqual([
        true,
        true,
        false,
      ]);
    }
    expect((await fixture.store.variables.variablesOf("shop")).values).toEqual({ KEY: "t0p-secret\nline" });
    expect(await outcome(await browser.post("/stacks/shop/variables/remove", { csrf, name: "KEY" }))).toBe(
      "303 /stacks/shop/variables",
    );
    expect(await (await browser.get("/stacks/shop/variables")).text()).toContain("Shared by every stack");
  });

  test("keeps the value of a variable that was refused: it is no secret", async () => {
    await using fixture = await withStacks();
    const browser = await setUp(fixture);
    const typed = { csrf: csrfOfSession(browser), name: "not a name", kind: "variable", value: "https://shop.example" };
    const answer = await browser.post("/stacks/shop/variables", typed);
    expect([answer.status, (await answer.text()).includes("https://shop.example")]).toEqual([400, true]);
  });

  test("says what is wrong beside the name, not the value", async () => {
    await using fixture = await withStacks();
    const browser = await setUp(fixture);
    const typed = { csrf: csrfOfSession(browser), name: "not a name", kind: "secret", value: "t0p-secret" };
    const answer = await browser.post("/stacks/shop/variables", typed);
    const html = await answer.text();
    expect([answer.status, html.includes("not a name"), html.includes("t0p-secret")]).toEqual([400, true, false]);
  });
});
