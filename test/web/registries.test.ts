import { expect, test } from "bun:test";
import { callSocket, csrfOfSession, NEW_STACK, outcome, setUp, webFixture } from "./web-fixture.ts";

const login = { username: "bot", secret: "t0p-secret" };

test("a login is kept under the name that images use, and its password never told", async () => {
  await using fixture = await webFixture();
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  const answers = [];
  for (const host of ["GHCR.io", "registry.example:5000", "index.docker.io"])
    answers.push(await callSocket(fixture, "PUT", `/registries/${encodeURIComponent(host)}`, login));
  const listed = await callSocket(fixture, "GET", "/registries");
  expect(listed.body).toMatchObject([
    { host: "docker.io" },
    { host: "ghcr.io", username: "bot" },
    { host: "registry.example:5000" },
  ]);
  expect(JSON.stringify([answers, listed, await fixture.store.audit.list(9), fixture.logged])).not.toContain(
    "t0p-secret",
  );
  expect(await fixture.store.registryLogins.loginFor("ghcr.io")).toEqual({ host: "ghcr.io", ...login });
  expect(fixture.reconciler.asked).toContain("run shop commit");
});

test("a login is forgotten once, and the audit tells of both", async () => {
  await using fixture = await webFixture();
  await callSocket(fixture, "PUT", "/registries/ghcr.io", login);
  expect((await callSocket(fixture, "DELETE", "/registries/ghcr.io")).body).toEqual({ removed: "ghcr.io" } as never);
  expect((await callSocket(fixture, "DELETE", "/registries/ghcr.io")).status).toBe(404);
  expect(await fixture.store.audit.list(2)).toMatchObject([
    { what: "registry login removed", subject: "ghcr.io" },
    { what: "registry login set", subject: "bot at ghcr.io" },
  ]);
});

test.each([
  ["-bad-", login],
  ["%25zz", login],
  ["ghcr.io", { ...login, username: "" }],
  ["ghcr.io", { ...login, username: "a:b" }],
  ["ghcr.io", { ...login, secret: "" }],
  ["ghcr.io", { username: "bot" }],
])("what is no login is refused: %s %j", async (host, wrong) => {
  await using fixture = await webFixture();
  const { status, body } = await callSocket(fixture, "PUT", `/registries/${host}`, wrong);
  expect(status).toBe(400);
  expect(JSON.stringify(body)).not.toContain("t0p-secret");
});

test("the page of the host keeps and forgets logins without a script", async () => {
  await using fixture = await webFixture();
  const browser = await setUp(fixture);
  const csrf = csrfOfSession(browser);
  expect(await outcome(await browser.post("/registries", { csrf, registry: "ghcr.io", ...login }))).toBe(
    "303 /host#registries",
  );
  const html = await (await browser.get("/host")).text();
  expect([html.includes("ghcr.io"), html.includes("as bot"), html.includes("t0p-secret")]).toEqual([true, true, false]);
  expect(await outcome(await browser.post("/registries/remove", { csrf, registry: "ghcr.io" }))).toBe(
    "303 /host#registries",
  );
  expect(await fixture.store.registryLogins.list()).toEqual([]);
});

test("a login that is refused on the page keeps what was typed, but for the password", async () => {
  await using fixture = await webFixture();
  const browser = await setUp(fixture);
  const typed = { csrf: csrfOfSession(browser), registry: "-bad-", username: "harbour-bot", secret: "t0p-secret" };
  const answer = await browser.post("/registries", typed);
  const html = await answer.text();
  expect([answer.status, html.includes('value="-bad-"'), html.includes('value="harbour-bot"')]).toEqual([
    400,
    true,
    true,
  ]);
  expect(html).toContain('role="alert"');
  expect(html).not.toContain("t0p-secret");
});
