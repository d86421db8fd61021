import { describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { createApp } from "../../src/web/app.ts";
import { isPublic } from "../../src/web/guard.ts";
import { webContext } from "../../src/web/web-context.ts";
import { Browser, callSocket, NEW_STACK, outcome, setUp, type WebFixture, webFixture } from "./web-fixture.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/** 43 characters, so that it looks like a token of ours. */
const FORGED = "A".repeat(43);

/** Every path of the router, its parameters filled in, and some that no route has. */
function pathsOf(fixture: WebFixture): readonly string[] {
  const { routes } = createApp(webContext(fixture.options, new AbortController().signal));
  const paths = routes.map(({ path }) => path.replace(":token", FORGED).replaceAll(/:[a-z]+/g, "x"));
  return [...new Set([...paths, "/nowhere", "/api/v1/nowhere", "/api"])];
}

async function knocks(fixture: WebFixture, headers: Record<string, string>) {
  const answers: {
    readonly method: string;
    readonly path: string;
    readonly status: number;
    readonly to: string | null;
  }[] = [];
  for (const path of pathsOf(fixture))
    for (const method of METHODS) {
      const answer = await fetch(`${fixture.url}${path}`, { method, headers, redirect: "manual" });
      answers.push({ method, path, status: answer.status, to: answer.headers.get("location") });
    }
  return answers;
}

function refused(answers: Awaited<ReturnType<typeof knocks>>, login: string): void {
  const closed = answers.filter(({ method, path }) => !isPublic(method, path));
  expect(closed.length).toBeGreaterThan(100);
  const turnedAway = (path: string, status: number, to: string | null) =>
    status === 401 || (!path.startsWith("/api/") && status === 303 && to === login);
  const open = closed.filter(({ path, status, to }) => !turnedAway(path, status, to));
  expect(open).toEqual([]);
}

describe("every route and method", () => {
  test("is closed to a visitor while there is no account, but for the public ones", async () => {
    await using fixture = await webFixture();
    refused(await knocks(fixture, {}), "/setup");
  });

  test("is closed without a session", async () => {
    await using fixture = await webFixture();
    await setUp(fixture);
    refused(await knocks(fixture, {}), "/login");
  });

  test("is closed with a forged session", async () => {
    await using fixture = await webFixture();
    await setUp(fixture);
    refused(await knocks(fixture, { cookie: `tallyman_session=${FORGED}` }), "/login");
  });

  test("is closed with an expired session", async () => {
    await using fixture = await webFixture();
    const { cookies } = await setUp(fixture);
    fixture.clock.ms += 8 * 86_400_000;
    refused(await knocks(fixture, { cookie: `tallyman_session=${cookies.get("tallyman_session")}` }), "/login");
  });

  test("can be told: the same knocking with a session finds doors open", async () => {
    await using fixture = await webFixture();
    const browser = await setUp(fixture);
    expect((await browser.get("/api/v1/stacks")).status).toBe(200);
    expect((await browser.get("/api/v1/version")).status).toBe(200);
  });
});

test("public are only health, assets, login and setup", () => {
  const open = ["/healthz", "/readyz", "/login", "/setup", `/setup/${FORGED}`, "/assets/v1/tally.css"];
  expect(open.filter((path) => !isPublic("GET", path))).toEqual([]);
  const closed = [
    "/",
    "/api/v1/stacks",
    "/logout",
    "/assets/../api",
    "/login/",
    "/setup/short",
    "/healthz/x",
    "//login",
  ];
  expect(closed.filter((path) => isPublic("GET", path))).toEqual([]);
  expect(["PUT", "DELETE", "PATCH", "OPTIONS"].filter((method) => isPublic(method, "/login"))).toEqual([]);
});

/** Sends a request line as it is: clients would tidy it up. */
function sendRaw(url: string, lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => {
      socket.write(`${lines.join("\r\n")}\r\nConnection: close\r\n\r\n`);
    });
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString();
    });
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
  });
}

describe("a path written in another way", () => {
  const odd = [
    "//api/v1/stacks",
    "/api//v1/stacks",
    "/api/v1/stacks/",
    "/login/../api/v1/stacks",
    "/login/%2e%2e/api/v1/stacks",
    "/assets/x/..%2f..%2fapi%2fv1%2fstacks",
    "/api%2fv1/stacks",
    "/healthz/..;/api/v1/stacks",
    "/api/v1/stacks%00",
    "/login\\..\\api\\v1\\stacks",
    "http://127.0.0.1/api/v1/stacks",
    "/%61pi/v1/stacks",
  ];
  test.each(odd)("%s does not get past the guard", async (path) => {
    await using fixture = await webFixture();
    await setUp(fixture);
    const answer = await sendRaw(fixture.url, [`GET ${path} HTTP/1.1`, "Host: 127.0.0.1"]);
    expect(answer.split("\r\n")[0]).toMatch(/HTTP\/1.1 (303|400|401|404) /);
  });

  test("a host name so short that the router misreads the path opens nothing", async () => {
    await using fixture = await webFixture({ hostNames: ["nas"] });
    await callSocket(fixture, "POST", "/stacks", NEW_STACK);
    for (const path of ["/assets/stacks/shop", "/assets/stacks/new", "/assets/deployments/1"]) {
      const answer = await sendRaw(fixture.url, [`GET ${path} HTTP/1.1`, "Host: nas"]);
      expect(answer).toMatch(/^HTTP\/1.1 (401|404) /);
    }
  });

  test("an override of the method is not heard", async () => {
    await using fixture = await webFixture();
    const browser = await setUp(fixture);
    await browser.get("/api/v1/stacks/shop", { "x-http-method-override": "DELETE" });
    expect(fixture.reconciler.asked).toEqual([]);
  });
});

describe("the Host header", () => {
  test.each([
    ["evil.example", 403],
    ["127.0.0.1.evil.example", 403],
    ["localhost.evil.example:7411", 403],
    ["[::1].evil.example", 404],
    ["127.0.0.1:1", 303],
    ["localhost:9999", 303],
    ["[::1]:7411", 303],
    ["tally.example", 303],
  ])("%s answers %i", async (host, status) => {
    await using fixture = await webFixture({ hostNames: ["tally.example"] });
    const answer = await sendRaw(fixture.url, ["GET / HTTP/1.1", `Host: ${host}`]);
    expect(answer).toStartWith(`HTTP/1.1 ${status} `);
  });
});

describe("a request that changes something", () => {
  const attempt = async (headers: Record<string, string>, hostNames: readonly string[] = []) => {
    await using fixture = await webFixture({ hostNames });
    const browser = await setUp(fixture);
    const cookie = `tallyman_session=${browser.cookies.get("tallyman_session")}`;
    const own = { "content-type": "application/json", cookie };
    const answer = await fetch(`${fixture.url}/api/v1/stacks`, {
      method: "POST",
      body: JSON.stringify(NEW_STACK),
      headers: { ...own, ...headers },
    });
    return { outcome: await outcome(answer), asked: fixture.reconciler.asked };
  };

  test.each<Record<string, string>>([
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
    { origin: "null" },
    { origin: "https://evil.example" },
    { origin: "http://127.0.0.1:1" },
    { origin: "http://127.0.0.1.evil.example" },
  ])("is refused from elsewhere: %j", async (headers) => {
    expect(await attempt(headers)).toEqual({ outcome: "403 Forbidden", asked: [] });
  });

  test("is done for a page that came through the operator's TLS proxy, and no other", async () => {
    const through = (name: string) => attempt({ host: name, origin: `https://${name}` }, ["tally.example"]);
    expect(await through("tally.example")).toEqual({ outcome: "201", asked: ["adopt shop"] });
    expect(await through("127.0.0.1")).toEqual({ outcome: "403 Forbidden", asked: [] });
  });

  test("is done for a client that is no browser", async () => {
    expect(await attempt({})).toEqual({ outcome: "201", asked: ["adopt shop"] });
  });
});

test("every answer bears the protective headers, errors and redirects included", async () => {
  await using fixture = await webFixture();
  for (const path of ["/", "/login", "/setup", "/healthz", "/api/v1/stacks", "/nowhere"]) {
    const { headers } = await new Browser(fixture.url).get(path);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toStartWith("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.get("cache-control")).toBe("no-store");
  }
});
