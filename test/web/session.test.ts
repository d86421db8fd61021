import { describe, expect, test } from "bun:test";
import {
  Browser,
  csrfIn,
  csrfOfSession,
  outcome,
  PASSWORD,
  setUp,
  type WebFixture,
  webFixture,
} from "./web-fixture.ts";

async function logIn(browser: Browser, name: string, password: string, headers: Record<string, string> = {}) {
  const csrf = await csrfIn(await browser.get("/login"));
  return browser.post("/login", { csrf, name, password }, headers);
}

async function withAccount(): Promise<WebFixture> {
  const fixture = await webFixture();
  await setUp(fixture);
  return fixture;
}

describe("a login", () => {
  test("opens a session with the right password", async () => {
    await using fixture = await withAccount();
    const browser = new Browser(fixture.url);
    expect(await outcome(await logIn(browser, "ada", PASSWORD))).toBe("303 /");
    expect((await browser.get("/api/v1/version")).status).toBe(200);
  });

  test("says the same for a wrong name and a wrong password", async () => {
    await using fixture = await withAccount();
    const wrongPassword = await logIn(new Browser(fixture.url), "ada", "something else");
    const wrongName = await logIn(new Browser(fixture.url), "bob", "something else");
    expect([wrongPassword.status, wrongName.status]).toEqual([401, 401]);
    for (const answer of [wrongPassword, wrongName])
      expect(await answer.text()).toContain("the name or the password is wrong");
  });

  test("never goes on with a session that the browser brought", async () => {
    await using fixture = await withAccount();
    const browser = new Browser(fixture.url);
    const planted = "A".repeat(43);
    browser.cookies.set("tallyman_session", planted);
    await logIn(browser, "ada", PASSWORD);
    expect(browser.cookies.get("tallyman_session")).not.toBe(planted);
    expect(
      (await fetch(`${fixture.url}/api/v1/version`, { headers: { cookie: `tallyman_session=${planted}` } })).status,
    ).toBe(401);
  });

  test("sets a cookie that scripts cannot read and other sites cannot send", async () => {
    await using fixture = await withAccount();
    const answer = await logIn(new Browser(fixture.url), "ada", PASSWORD);
    const [cookie = ""] = answer.headers.getSetCookie().filter((line) => line.startsWith("tallyman_session"));
    expect(cookie.split("; ").slice(1)).toEqual(["Path=/", "HttpOnly", "SameSite=Strict", "Max-Age=2592000"]);
  });

  test("sets a Secure cookie where a proxy speaks TLS with the browser", async () => {
    await using fixture = await withAccount();
    const answer = await logIn(new Browser(fixture.url), "ada", PASSWORD, { "x-forwarded-proto": "https" });
    expect(answer.headers.getSetCookie().map((line) => line.endsWith("; Secure"))).toEqual([true, true]);
  });

  test("needs the form token of its own page", async () => {
    await using fixture = await withAccount();
    const browser = new Browser(fixture.url);
    expect((await browser.post("/login", { name: "ada", password: PASSWORD })).status).toBe(403);
    await browser.get("/login");
    expect((await browser.post("/login", { name: "ada", password: PASSWORD, csrf: "" })).status).toBe(403);
  });

  test("is slowed down after three failures, whatever the visitor says of its address", async () => {
    await using fixture = await withAccount();
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const headers = { "x-forwarded-for": `192.0.2.${attempt}`, "x-real-ip": `192.0.2.${attempt}` };
      statuses.push((await logIn(new Browser(fixture.url), "ada", "wrong", headers)).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    const refused = await logIn(new Browser(fixture.url), "ada", PASSWORD);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    fixture.clock.ms += 1_000;
    expect((await logIn(new Browser(fixture.url), "ada", PASSWORD)).status).toBe(303);
  });
});

describe("a session", () => {
  test("slides with every visit and ends after seven days without one", async () => {
    await using fixture = await webFixture();
    const browser = await setUp(fixture);
    fixture.clock.ms += 6 * 86_400_000;
    expect((await browser.get("/api/v1/version")).status).toBe(200);
    fixture.clock.ms += 6 * 86_400_000;
    expect((await browser.get("/api/v1/version")).status).toBe(200);
    fixture.clock.ms += 7 * 86_400_000;
    expect((await browser.get("/api/v1/version")).status).toBe(401);
  });

  test("ends after thirty days, however often it was used", async () => {
    await using fixture = await webFixture();
    const browser = await setUp(fixture);
    const statuses: number[] = [];
    for (let day = 1; day <= 30; day += 1) {
      fixture.clock.ms += 86_400_000;
      statuses.push((await browser.get("/api/v1/version")).status);
    }
    expect(statuses.indexOf(401)).toBe(29);
  });

  test("ends with the logout, for every copy of its cookie", async () => {
    await using fixture = await webFixture();
    const browser = await setUp(fixture);
    const cookie = `tallyman_session=${browser.cookies.get("tallyman_session")}`;
    expect(await outcome(await browser.post("/logout", { csrf: csrfOfSession(browser) }))).toBe("303 /login");
    expect(browser.cookies.has("tallyman_session")).toBe(false);
    expect((await fetch(`${fixture.url}/api/v1/version`, { headers: { cookie } })).status).toBe(401);
  });

  test("is known to the store by a hash only", async () => {
    await using fixture = await webFixture();
    const browser = await setUp(fixture);
    expect(await fixture.store.sessions.byTokenHash(browser.cookies.get("tallyman_session") ?? "")).toBeNull();
  });

  test("does not end by a link: logout takes a form", async () => {
    await using fixture = await webFixture();
    const browser = await setUp(fixture);
    await browser.get("/logout");
    expect((await browser.post("/logout", {})).status).toBe(403);
    expect((await browser.get("/api/v1/version")).status).toBe(200);
  });
});
