import { describe, expect, test } from "bun:test";
import { startServer } from "../../src/web/server.ts";
import { Browser, csrfIn, outcome, PASSWORD, setUp, type WebFixture, webFixture } from "./web-fixture.ts";

function setupPath(fixture: WebFixture): string {
  return new URL(fixture.server.setupUrl ?? "").pathname;
}

const ACCOUNT = { name: "ada", password: PASSWORD, repeated: PASSWORD };

describe("the setup link", () => {
  test("makes the first account and logs its browser in", async () => {
    await using fixture = await webFixture();
    const browser = await setUp(fixture);
    expect(await fixture.store.users.byName("ada")).toMatchObject({ name: "ada", role: "admin" });
    expect((await browser.get("/api/v1/version")).status).toBe(200);
  });

  test("works once", async () => {
    await using fixture = await webFixture();
    await setUp(fixture);
    expect((await new Browser(fixture.url).get(setupPath(fixture))).status).toBe(404);
    expect(await outcome(await new Browser(fixture.url).get("/setup"))).toBe("303 /login");
  });

  test("belongs to the first browser that opens it", async () => {
    await using fixture = await webFixture();
    await new Browser(fixture.url).get(setupPath(fixture));
    const second = new Browser(fixture.url);
    expect((await second.get(setupPath(fixture))).status).toBe(403);
    const csrf = await csrfIn(await second.get("/setup"));
    expect((await second.post(setupPath(fixture), { ...ACCOUNT, csrf })).status).toBe(403);
    expect(await fixture.store.users.count()).toBe(0);
  });

  test("stays good in its browser when the form was filled in wrongly", async () => {
    await using fixture = await webFixture();
    const browser = new Browser(fixture.url);
    const csrf = await csrfIn(await browser.get(setupPath(fixture)));
    const short = await browser.post(setupPath(fixture), { ...ACCOUNT, csrf, password: "short", repeated: "short" });
    expect(short.status).toBe(400);
    expect(await short.text()).toContain("password: must have 12 to 256 characters");
    expect((await browser.post(setupPath(fixture), { ...ACCOUNT, csrf })).status).toBe(303);
  });

  test("expires after a day", async () => {
    await using fixture = await webFixture();
    fixture.clock.ms += 86_400_000;
    expect((await new Browser(fixture.url).get(setupPath(fixture))).status).toBe(404);
  });

  test("cannot be guessed: another token opens nothing and binds nothing", async () => {
    await using fixture = await webFixture();
    expect((await new Browser(fixture.url).get(`/setup/${"A".repeat(43)}`)).status).toBe(404);
    expect((await new Browser(fixture.url).get(setupPath(fixture))).status).toBe(200);
  });

  test("is made anew at every start, until there is an account", async () => {
    await using fixture = await webFixture();
    const first = setupPath(fixture);
    await fixture.server.stop();
    const again = await startServer(fixture.options);
    try {
      expect((await new Browser(again.url).get(first)).status).toBe(404);
      await setUp({ ...fixture, server: again, url: again.url });
    } finally {
      await again.stop();
    }
    const third = await startServer(fixture.options);
    expect(third.setupUrl).toBeNull();
    await third.stop();
  });

  test("differs between two installations", async () => {
    await using one = await webFixture();
    await using other = await webFixture();
    expect(setupPath(one)).not.toBe(setupPath(other));
    expect((await new Browser(other.url).get(setupPath(one))).status).toBe(404);
  });

  test("needs the form token of its own page", async () => {
    await using fixture = await webFixture();
    const browser = new Browser(fixture.url);
    await browser.get(setupPath(fixture));
    expect((await browser.post(setupPath(fixture), ACCOUNT)).status).toBe(403);
    expect((await browser.post(setupPath(fixture), { ...ACCOUNT, csrf: "A".repeat(43) })).status).toBe(403);
  });
});

test("before there is an account, every page says where the link is to be found", async () => {
  await using fixture = await webFixture();
  expect(await outcome(await new Browser(fixture.url).get("/"))).toBe("303 /setup");
  expect(await outcome(await new Browser(fixture.url).get("/login"))).toBe("303 /setup");
  expect((await new Browser(fixture.url).get("/setup")).status).toBe(200);
});
