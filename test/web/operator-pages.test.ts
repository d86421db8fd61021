import { expect, test } from "bun:test";
import { callSocket, csrfOfSession, NEW_STACK, outcome, released, setUp, webFixture } from "./web-fixture.ts";

const A = "aaaa".padEnd(40, "0");
const B = "bbbb".padEnd(40, "0");

test("suspend, resume, stop, start, retry, look and roll back work without a script", async () => {
  await using fixture = await webFixture();
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  const former = await released(fixture, "shop", A);
  await released(fixture, "shop", B);
  const browser = await setUp(fixture);
  const post = (verb: string, fields: Record<string, string> = {}) =>
    browser.post(`/stacks/shop/${verb}`, { csrf: csrfOfSession(browser), ...fields }).then(outcome);
  const held = async () =>
    (await fixture.store.holds.holdsOf("shop")).map(({ kind, by, why }) => `${kind} ${by} ${why}`);

  expect(await post("suspend", { why: "moving" })).toBe("303 /stacks/shop");
  expect(await held()).toEqual(["suspended ada moving"]);
  expect(await (await browser.get("/stacks/shop")).text()).toContain("Suspended by ada");
  expect(await post("resume")).toBe("303 /stacks/shop");
  expect(await post("stop")).toBe("303 /stacks/shop");
  expect(await held()).toEqual(["stopped ada "]);
  expect(await post("start")).toBe("303 /stacks/shop");
  expect([await post("retry"), await post("drift")]).toEqual(["303 /stacks/shop", "303 /stacks/shop"]);
  expect(fixture.reconciler.asked.slice(-2)).toEqual(["run shop retry", "drift shop"]);

  const choices = await (await browser.get("/stacks/shop/rollback")).text();
  expect(choices).toContain(`name="to" value="${former}" checked`);
  expect(await post("rollback", { to: former, why: "slow" })).toBe("303 /stacks/shop");
  expect(await held()).toEqual(["pinned ada slow"]);
  expect(await (await browser.get("/stacks/shop")).text()).toContain(
    `Pinned to <code class="sha" title="${A}">aaaa000</code>`,
  );
});

test("from a pinned release the next one further back is suggested, not the one that was left", async () => {
  await using fixture = await webFixture();
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  const oldest = await released(fixture, "shop", "cccc".padEnd(40, "0"));
  const former = await released(fixture, "shop", A);
  await released(fixture, "shop", B);
  await callSocket(fixture, "POST", "/stacks/shop/rollback", { to: former });
  await released(fixture, "shop", A, { trigger: "rollback" });
  const browser = await setUp(fixture);
  const choices = await (await browser.get("/stacks/shop/rollback")).text();
  expect(choices).toContain(`name="to" value="${oldest}" checked`);
  const again = await callSocket(fixture, "POST", "/stacks/shop/rollback");
  expect(again.body).toMatchObject({ release: { deploymentId: oldest } });
});

test("a form that was filled in wrongly says so and keeps what was typed", async () => {
  await using fixture = await webFixture();
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  const browser = await setUp(fixture);
  const csrf = csrfOfSession(browser);
  for (const [verb, fields] of [
    ["suspend", { why: "a\u0007b" }],
    ["rollback", { to: "dddd", why: "slow" }],
    ["settings", { repository: NEW_STACK.repository, interval: "soon", ref: "v2" }],
  ] as const) {
    const answer = await browser.post(`/stacks/shop/${verb}`, { csrf, ...fields });
    expect([verb, answer.status]).toEqual([verb, 400]);
    expect(await answer.text()).toContain('role="alert"');
  }
  expect(await fixture.store.stacks.get("shop")).toMatchObject({ ref: "main" });
});

test("settings are saved, and a dropped credential is said", async () => {
  await using fixture = await webFixture();
  const credential = { kind: "https-token", secret: "t0p-secret" };
  await callSocket(fixture, "POST", "/stacks", { ...NEW_STACK, credential });
  const browser = await setUp(fixture);
  const form = {
    csrf: csrfOfSession(browser),
    repository: NEW_STACK.repository,
    interval: "5m",
    drift: "off",
    prune: "no",
  };
  expect(await outcome(await browser.post("/stacks/shop/settings", form))).toBe("303 /stacks/shop");
  expect(await fixture.store.stacks.get("shop")).toMatchObject({
    ref: null,
    intervalMs: 300_000,
    drift: "off",
    prune: false,
  });
  const moved = await browser.post("/stacks/shop/settings", { ...form, repository: "https://other.example/x.git" });
  expect([moved.status, (await moved.text()).includes("The former key or token was forgotten")]).toEqual([200, true]);
});

test("drift is shown field by field on the page, in the API and at a new look", async () => {
  await using fixture = await webFixture();
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  fixture.reconciler.drifted = [
    { resource: "service:web:1", field: "memory limit", wanted: "512 MiB", found: "256 MiB" },
  ];
  const browser = await setUp(fixture);
  const html = await (await browser.get("/stacks/shop")).text();
  for (const words of ["memory limit", "512 MiB", "256 MiB"]) expect(html).toContain(words);
  for (const method of ["GET", "POST"])
    expect((await callSocket(fixture, method, "/stacks/shop/drift")).body).toEqual(fixture.reconciler.drifted as never);
  expect(fixture.reconciler.asked).toContain("drift shop");
});
