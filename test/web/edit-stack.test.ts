import { describe, expect, test } from "bun:test";
import { refused } from "../store/refused.ts";
import { callSocket, csrfOfSession, NEW_STACK, setUp, webFixture } from "./web-fixture.ts";

const SSH = { name: "shop", repository: "git@forge.example:infra.git" };

describe("an edited stack", () => {
  test("goes on with the new settings, and the audit tells before and after", async () => {
    await using fixture = await webFixture();
    await callSocket(fixture, "POST", "/stacks", { ...NEW_STACK, files: ["a.yaml"] });
    const change = { ref: "v2", drift: "report", onFailure: "pause", gateTimeoutMs: 90_000, prune: false, files: [] };
    const { status, body } = await callSocket(fixture, "PATCH", "/stacks/shop", change);
    expect([status, body["changed"], body["credentialDropped"]]).toEqual([
      200,
      ["ref", "files", "drift", "onFailure", "gateTimeoutMs", "prune"],
      false,
    ]);
    expect(await fixture.store.stacks.get("shop")).toMatchObject({ ...change, repository: NEW_STACK.repository });
    expect((await fixture.store.audit.list(1))[0]?.subject).toContain('ref "main" → "v2", files ["a.yaml"] → []');
    expect(fixture.bus.recent(1)).toMatchObject([{ type: "stack-edited" }]);
    expect(fixture.reconciler.asked).toEqual(["adopt shop", "edit shop", "run shop settings"]);
  });

  test("that says nothing new is left alone; null and an empty ref bring the defaults back", async () => {
    await using fixture = await webFixture();
    await callSocket(fixture, "POST", "/stacks", { ...NEW_STACK, onFailure: "pause", gateTimeoutMs: 5_000 });
    expect((await callSocket(fixture, "PATCH", "/stacks/shop", { ref: "main" })).body["changed"]).toEqual([]);
    expect(fixture.reconciler.asked).toEqual(["adopt shop"]);
    await callSocket(fixture, "PATCH", "/stacks/shop", { ref: "", onFailure: null, gateTimeoutMs: null });
    expect(await fixture.store.stacks.get("shop")).toMatchObject({ ref: null, onFailure: null, gateTimeoutMs: null });
  });

  test("with wait tells how the pass ended", async () => {
    await using fixture = await webFixture();
    await callSocket(fixture, "POST", "/stacks", NEW_STACK);
    const { body } = await callSocket(fixture, "PATCH", "/stacks/shop", { prune: false, wait: true });
    expect(body).toMatchObject({ outcome: "in-sync", changed: ["prune"] });
  });

  test.each([
    [{ ref: "-x" }, "ref: "],
    [{ path: "../etc" }, "path: "],
    [{ files: ["/etc/passwd"] }, "files: "],
    [{ intervalMs: 1 }, "intervalMs: "],
    [{ gateTimeoutMs: 0 }, "gateTimeoutMs: "],
    [{ drift: "ignore" }, "drift: "],
    [{ onFailure: "explode" }, "onFailure: "],
    [{ repository: "ext::sh -c id" }, "repository: "],
    [{ dependsOn: ["nobody"] }, "dependsOn: "],
    [{ dependsOn: ["shop"] }, "dependsOn: "],
    [{ name: "other" }, "name: "],
    [{ liveTree: "/etc" }, "liveTree: "],
  ])("refuses with the field named, and stays as it was: %j", async (wrong, field) => {
    await using fixture = await webFixture();
    await callSocket(fixture, "POST", "/stacks", NEW_STACK);
    const before = await fixture.store.stacks.get("shop");
    const { status, body } = await callSocket(fixture, "PATCH", "/stacks/shop", wrong);
    expect([status, body.error?.message.slice(0, field.length)]).toEqual([400, field]);
    expect(await fixture.store.stacks.get("shop")).toEqual(before);
    expect(fixture.reconciler.asked).toEqual(["adopt shop"]);
  });
});

describe("two who edit the same stack", () => {
  test("through the API: the second is refused when it says what it had read, and then reads anew", async () => {
    await using fixture = await webFixture();
    await callSocket(fixture, "POST", "/stacks", NEW_STACK);
    const { version } = (await callSocket(fixture, "GET", "/stacks/shop")).body;
    expect((await callSocket(fixture, "PATCH", "/stacks/shop", { ref: "v2", version })).status).toBe(200);
    const late = await callSocket(fixture, "PATCH", "/stacks/shop", { ref: "v3", version });
    expect([late.status, late.body.error?.reason]).toEqual([409, "ChangedMeanwhile"]);
    expect(await fixture.store.stacks.get("shop")).toMatchObject({ ref: "v2" });
    const now = (await callSocket(fixture, "GET", "/stacks/shop")).body;
    const again = await callSocket(fixture, "PATCH", "/stacks/shop", { ref: "v3", version: now["version"] });
    expect([again.status, again.body["changed"]]).toEqual([200, ["ref"]]);
  });

  test("on the page: the second learns of the first, what it typed is still there, and nothing is undone", async () => {
    await using fixture = await webFixture();
    await callSocket(fixture, "POST", "/stacks", NEW_STACK);
    const browser = await setUp(fixture);
    const shown = await (await browser.get("/stacks/shop/settings")).text();
    const [, version = ""] = /name="version" value="(\w+)"/.exec(shown) ?? [];
    await callSocket(fixture, "PATCH", "/stacks/shop", { prune: false });
    const form = {
      csrf: csrfOfSession(browser),
      version,
      repository: NEW_STACK.repository,
      ref: "typed-by-the-second",
    };
    const answer = await browser.post("/stacks/shop/settings", form);
    const page = await answer.text();
    expect([answer.status, page.includes("typed-by-the-second")]).toEqual([409, true]);
    expect(page).toContain("somebody else changed the settings of shop meanwhile");
    expect(await fixture.store.stacks.get("shop")).toMatchObject({ ref: "main", prune: false });
  });

  test("at the very same moment: one is refused, neither undoes the other", async () => {
    await using fixture = await webFixture();
    await callSocket(fixture, "POST", "/stacks", NEW_STACK);
    const before = await fixture.store.stacks.get("shop");
    if (!before) throw new Error("shop is there");
    await fixture.store.stacks.update({ ...before, ref: "v2" }, before);
    const late = await refused(fixture.store.stacks.update({ ...before, prune: false }, before));
    expect(late.reason).toBe("ChangedMeanwhile");
    expect(await fixture.store.stacks.get("shop")).toMatchObject({ ref: "v2", prune: true });
  });
});

describe("the credential of a stack that moves", () => {
  const secret = { kind: "https-token", username: "bot", secret: "t0p-secret" };

  test("is forgotten when the host is another one", async () => {
    await using fixture = await webFixture();
    await callSocket(fixture, "POST", "/stacks", { ...NEW_STACK, credential: secret });
    const { body } = await callSocket(fixture, "PATCH", "/stacks/shop", { repository: "https://evil.example/x.git" });
    expect([body["credentialDropped"], await fixture.store.credentials.credentialOf("shop")]).toEqual([true, null]);
    expect(JSON.stringify(body)).not.toContain("t0p-secret");
    expect(await fixture.store.stacks.get("shop")).toMatchObject({ credential: "none" });
  });

  test("stays for another repository of the same host", async () => {
    await using fixture = await webFixture();
    await callSocket(fixture, "POST", "/stacks", { ...NEW_STACK, credential: secret });
    const { body } = await callSocket(fixture, "PATCH", "/stacks/shop", {
      repository: "https://forge.example/other.git",
    });
    expect(body["credentialDropped"]).toBe(false);
    expect(await fixture.store.credentials.credentialOf("shop")).toMatchObject({ secret: "t0p-secret" });
  });

  test("is another one over another transport: a fresh key over SSH, none over HTTP", async () => {
    await using fixture = await webFixture();
    await callSocket(fixture, "POST", "/stacks", SSH);
    const first = await callSocket(fixture, "PATCH", "/stacks/shop", { repository: "https://forge.example/infra.git" });
    expect([first.body["credentialDropped"], first.body["publicKey"]]).toEqual([true, null]);
    const second = await callSocket(
      fixture,
      "PATCH",
      "/stacks/shop",
      SSH.repository === "" ? {} : { repository: SSH.repository },
    );
    expect([second.body["credentialDropped"], second.body["publicKey"]]).toEqual([
      false,
      "ssh-ed25519 AAAA tallyman-shop",
    ]);
  });

  test("can be brought anew without any other change", async () => {
    await using fixture = await webFixture();
    await callSocket(fixture, "POST", "/stacks", NEW_STACK);
    const { body } = await callSocket(fixture, "PATCH", "/stacks/shop", { credential: secret });
    expect([body["changed"], body["credentialDropped"]]).toEqual([["credential"], false]);
    const again = await callSocket(fixture, "PATCH", "/stacks/shop", { credential: { ...secret, secret: "new" } });
    expect(again.body["credentialDropped"]).toBe(false);
    expect([again.body["changed"], (await fixture.store.audit.list(1))[0]?.subject]).toEqual([
      ["credential"],
      'shop: credential "https-token" → "https-token"',
    ]);
    expect(await fixture.store.credentials.credentialOf("shop")).toMatchObject({ secret: "new" });
  });
});
