import { describe, expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import { callSocket, NEW_STACK, released, type WebFixture, webFixture } from "./web-fixture.ts";

const A = "aaaa".padEnd(40, "0");
const B = "bbbb".padEnd(40, "0");

async function withStack(): Promise<WebFixture> {
  const fixture = await webFixture();
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  fixture.reconciler.asked.length = 0;
  return fixture;
}

const kinds = async (fixture: WebFixture) => (await fixture.store.holds.holdsOf("shop")).map(({ kind }) => kind);

describe("suspend and stop", () => {
  test.each([
    ["suspend", "suspended"],
    ["stop", "stopped"],
  ] as const)("%s says who, when and why, in the store, the audit and the events", async (verb, kind) => {
    await using fixture = await withStack();
    const { status, body } = await callSocket(fixture, "POST", `/stacks/shop/${verb}`, {
      why: " moving the database ",
    });
    const hold = {
      kind,
      by: "local operator",
      why: "moving the database",
      at: "2026-01-01T00:00:00.000Z",
      deploymentId: null,
    };
    expect([status, body]).toEqual([200, { hold }] as never);
    expect(await fixture.store.holds.holdsOf("shop")).toEqual([hold]);
    expect(await fixture.store.audit.list(1)).toMatchObject([
      { who: "local operator", what: `stack ${kind}`, subject: "shop: moving the database" },
    ]);
    expect(fixture.bus.recent(1)).toMatchObject([
      { type: "held", kind, by: "local operator", why: "moving the database" },
    ]);
    expect(fixture.reconciler.asked).toEqual(["run shop settings"]);
  });

  test("need no reason, and refuse one that is no line", async () => {
    await using fixture = await withStack();
    expect((await callSocket(fixture, "POST", "/stacks/shop/stop")).status).toBe(200);
    for (const why of ["a\nb", "x".repeat(501)]) {
      const { status, body } = await callSocket(fixture, "POST", "/stacks/shop/suspend", { why });
      expect([status, body.error?.message.slice(0, 4)]).toEqual([400, "why:"]);
    }
    expect(await kinds(fixture)).toEqual(["stopped"]);
  });

  test("with wait tell how the pass ended", async () => {
    await using fixture = await withStack();
    fixture.reconciler.pass = { outcome: "stopped", deploymentId: null, commit: null, error: null };
    const { body } = await callSocket(fixture, "POST", "/stacks/shop/stop", { wait: true });
    expect(body).toMatchObject({ outcome: "stopped", hold: { kind: "stopped" } });
  });
});

describe("resume and start", () => {
  test("resume lifts a suspension and a pin and says what runs next", async () => {
    await using fixture = await withStack();
    await released(fixture, "shop", A);
    await released(fixture, "shop", B);
    await callSocket(fixture, "POST", "/stacks/shop/rollback");
    for (const verb of ["suspend", "stop"]) await callSocket(fixture, "POST", `/stacks/shop/${verb}`);
    const { body } = await callSocket(fixture, "POST", "/stacks/shop/resume");
    expect(body).toEqual({ released: ["pinned", "suspended"], next: "9c1f2ab, as now" } as never);
    expect(await kinds(fixture)).toEqual(["stopped"]);
    expect(fixture.bus.recent(1)).toMatchObject([{ type: "released", kind: "suspended" }]);
    expect((await callSocket(fixture, "POST", "/stacks/shop/start")).body).toEqual({ released: ["stopped"] } as never);
    expect(await kinds(fixture)).toEqual([]);
  });

  test("of a stack that nothing holds change nothing", async () => {
    await using fixture = await withStack();
    expect((await callSocket(fixture, "POST", "/stacks/shop/start")).body["released"]).toEqual([]);
    expect((await fixture.store.audit.list(1))[0]?.what).toBe("stack added");
  });
});

describe("a deploy of another ref", () => {
  test("pins what the ref points to now, lifts what held the stack and asks for a pass", async () => {
    await using fixture = await withStack();
    await callSocket(fixture, "POST", "/stacks/shop/stop");
    fixture.reconciler.asked.length = 0;
    fixture.reconciler.probed = { ok: true, revision: { commit: B, ref: "refs/heads/next" } };
    const { status, body } = await callSocket(fixture, "POST", "/stacks/shop/deploy", { ref: "next" });
    const hold = { kind: "pinned", why: "deploy of next", deploymentId: null, revision: { commit: B } };
    expect([status, body]).toMatchObject([202, { hold }]);
    expect(await fixture.store.holds.holdsOf("shop")).toMatchObject([hold]);
    expect(fixture.reconciler.asked).toEqual(["run shop deploy"]);
    expect((await fixture.store.audit.list(2)).map(({ what }) => what)).toContain("stack pinned to bbbb000");
  });

  test("that does not exist changes nothing", async () => {
    await using fixture = await withStack();
    fixture.reconciler.probed = { ok: false, error: new TallymanError("GitRefMissing", "there is no nxt") };
    const { body } = await callSocket(fixture, "POST", "/stacks/shop/deploy", { ref: "nxt" });
    expect(body.error?.reason).toBe("GitRefMissing");
    expect([await kinds(fixture), fixture.reconciler.asked]).toEqual([[], []]);
  });
});

describe("a rollback", () => {
  test("pins the release before, or the one that was named, and lifts what held the stack", async () => {
    await using fixture = await withStack();
    const former = await released(fixture, "shop", A);
    await released(fixture, "shop", B);
    await callSocket(fixture, "POST", "/stacks/shop/suspend");
    const { status, body } = await callSocket(fixture, "POST", "/stacks/shop/rollback", { why: "slow" });
    expect([status, body["release"]]).toMatchObject([200, { deploymentId: former, commit: A, message: "Change aaaa" }]);
    expect(await fixture.store.holds.holdsOf("shop")).toMatchObject([
      { kind: "pinned", why: "slow", deploymentId: former },
    ]);
    const named = await callSocket(fixture, "POST", "/stacks/shop/rollback", { to: "bbbb", wait: true });
    expect(named.body).toMatchObject({ outcome: "in-sync", release: { commit: B } });
    expect((await callSocket(fixture, "GET", "/stacks/shop")).body).toMatchObject({ pinnedTo: { commit: B } });
  });

  test("to nothing there is leaves all as it was", async () => {
    await using fixture = await withStack();
    await released(fixture, "shop", A);
    for (const body of [{}, { to: "dddd" }, { to: 7 }, { to: "x".repeat(65) }])
      expect((await callSocket(fixture, "POST", "/stacks/shop/rollback", body)).status).toBe(400);
    expect([await kinds(fixture), fixture.reconciler.asked]).toEqual([[], []]);
  });

  test("the releases that it can go to are listed with their images", async () => {
    await using fixture = await withStack();
    await released(fixture, "shop", A);
    expect((await callSocket(fixture, "GET", "/stacks/shop/releases")).body).toMatchObject([
      { commit: A, author: "mara", images: { "nginx:1.27": `sha256:${A}` } },
    ]);
  });
});

test("a retry is a pass of its own trigger, whose error is a value", async () => {
  await using fixture = await withStack();
  const error = new TallymanError("NotHealthy", "api exited 1", { hint: "Look." });
  fixture.reconciler.pass = { outcome: "blocked", deploymentId: "1", commit: null, error };
  const { status, body } = await callSocket(fixture, "POST", "/stacks/shop/retry", { wait: true });
  expect([status, body["outcome"], body.error?.reason]).toEqual([200, "blocked", "NotHealthy"]);
  expect(fixture.reconciler.asked).toEqual(["run shop retry"]);
});

test("of a stack that is not there every verb is NotFound", async () => {
  await using fixture = await webFixture();
  for (const verb of ["suspend", "resume", "stop", "start", "retry", "rollback"])
    expect((await callSocket(fixture, "POST", `/stacks/nobody/${verb}`)).status).toBe(404);
  expect(fixture.reconciler.asked).toEqual([]);
});
