import { describe, expect, test } from "bun:test";
import type { Deployment } from "../../src/deployment.ts";
import { TallymanError } from "../../src/error.ts";
import { createApp } from "../../src/web/app.ts";
import { webContext } from "../../src/web/web-context.ts";
import { createCertificate } from "../support/certificate.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import {
  callSocket,
  csrfOfSession,
  NEW_STACK,
  outcome,
  PASSWORD,
  setUp,
  type WebFixture,
  webFixture,
} from "./web-fixture.ts";

const HOSTILE = `</script><script>alert(1)</script><img src=x onerror=alert(1)>"'\u001b[31m`;

/** A deployment whose every text from outside is hostile. */
async function hostileDeployment(fixture: WebFixture): Promise<Deployment> {
  const commit = { commit: "f".repeat(40), author: HOSTILE, message: HOSTILE, committedAt: "2026-01-01T00:00:00Z" };
  const begun = { stack: "shop", commit, trigger: "commit", cause: HOSTILE, settingsDigest: "x" } as const;
  const { id } = await fixture.store.history.begin(begun);
  const evidence = {
    exitCodes: [1],
    healthLog: [{ exitCode: 1, output: HOSTILE, at: "2026-01-01T00:00:00Z" }],
    logTail: [HOSTILE],
  };
  const operation = { kind: "create-container", resource: HOSTILE, cause: HOSTILE, status: "failed" } as const;
  await fixture.store.history.recordOperations(id, [{ ...operation, startedMs: 0, durationMs: 1 }]);
  return fixture.store.history.finish(id, {
    status: "failed",
    class: "unhealthy",
    failureAction: "rollback",
    reason: HOSTILE,
    hint: HOSTILE,
    verdicts: [{ service: HOSTILE, verdict: "unhealthy", summary: HOSTILE, evidence }],
  });
}

/** Elements that no view of ours makes, as a parser finds them: scripts without a source, event attributes, images. */
function foreignElements(html: string): readonly string[] {
  const found: string[] = [];
  new HTMLRewriter()
    .on("*", {
      element({ tagName, attributes }) {
        const names = [...attributes].map(([name]) => name ?? "");
        const inline = tagName === "script" && !names.includes("src");
        if (inline || tagName === "img" || names.some((name) => /^on|^style$/.test(name))) found.push(tagName);
      },
    })
    .transform(html);
  return found;
}

test("the search for foreign elements finds them", () => {
  expect(foreignElements(`<p title="${HOSTILE}">${HOSTILE}</p>`)).toContain("script");
});

test("text from outside is shown as text on every page", async () => {
  await using fixture = await webFixture();
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  const browser = await setUp(fixture);
  const { id } = await hostileDeployment(fixture);
  const still = fixture.reconciler.status.bind(fixture.reconciler);
  fixture.reconciler.status = async (stackName) => {
    const status = await still(stackName);
    const services = status.services.map((service) => ({ ...service, name: HOSTILE, image: HOSTILE }));
    return { ...status, state: "failed", reason: HOSTILE, hint: HOSTILE, services };
  };
  const why = HOSTILE.replaceAll("\u001b", "");
  for (const verb of ["suspend", "stop"]) await callSocket(fixture, "POST", `/stacks/shop/${verb}`, { why });
  await callSocket(fixture, "PUT", "/stacks/shop/variables/KEY", { value: HOSTILE });
  const error = new TallymanError("GitRefused", HOSTILE, { hint: HOSTILE });
  fixture.reconciler.probed = { ok: false, error };
  fixture.reconciler.preview = () => Promise.reject(error);
  fixture.bus.publish("shop", { type: "warning", message: HOSTILE });
  const pages = [
    "/",
    "/stacks/shop",
    "/stacks/shop/connect",
    "/stacks/shop/plan",
    "/stacks/shop/logs",
    "/stacks/shop/remove",
    "/stacks/shop/rollback",
    "/stacks/shop/suspend",
    "/stacks/shop/stop",
    "/stacks/shop/settings",
    "/stacks/shop/variables",
    "/stacks/new/adopt",
    "/variables",
    "/host",
  ];
  for (const path of [...pages, `/deployments/${id}`, "/events", `/stacks/${encodeURIComponent("<script>alert(1)")}`]) {
    expect([path, foreignElements(await (await browser.get(path)).text())]).toEqual([path, []]);
  }
  expect(await (await browser.get(`/deployments/${id}`)).text()).toContain("&lt;script>alert(1)");
});

describe("every form of the pages", () => {
  test("is refused without the token of its session, from the route table", async () => {
    await using fixture = await webFixture();
    await callSocket(fixture, "POST", "/stacks", NEW_STACK);
    const browser = await setUp(fixture);
    const { routes } = createApp(webContext(fixture.options, new AbortController().signal));
    const forms = routes.filter(({ method, path }) => method !== "GET" && !path.startsWith("/api/"));
    expect(forms.map(({ path }) => path)).toContain("/stacks/:name/remove");
    for (const { method, path } of forms)
      for (const csrf of ["", "A".repeat(43)]) {
        const filled = path.replace(":name", "shop").replace(":token", "A".repeat(43));
        expect(method).toBe("POST");
        expect([path, (await browser.post(filled, { csrf })).status]).toEqual([path, 403]);
      }
    expect(fixture.reconciler.asked).toEqual(["adopt shop"]);
  });

  test("works without a script: deploy, check all, accept a key, remove", async () => {
    await using fixture = await webFixture();
    const browser = await setUp(fixture);
    const csrf = csrfOfSession(browser);
    const fields = {
      csrf,
      name: "shop",
      repository: "git@forge.example:infra.git",
      interval: "5m",
      files: "a.yaml\r\nb.yaml",
    };
    expect(await outcome(await browser.post("/stacks", fields))).toBe("303 /stacks/shop/connect");
    expect(await fixture.store.stacks.get("shop")).toMatchObject({ intervalMs: 300_000, files: ["a.yaml", "b.yaml"] });
    const key = { csrf, host: "forge.example", fingerprint: "SHA256:right", stack: "shop" };
    expect(await outcome(await browser.post("/host-keys", key))).toBe("303 /stacks/shop/connect");
    expect(await outcome(await browser.post("/stacks/shop/deploy", { csrf }))).toBe("303 /stacks/shop");
    expect(await outcome(await browser.post("/deploy-all", { csrf }))).toBe("303 /");
    expect(await outcome(await browser.post("/stacks/shop/remove", { csrf }))).toBe("303 /");
    expect(fixture.reconciler.asked).toEqual([
      "adopt shop",
      "run shop settings",
      "run shop deploy",
      "run shop commit",
      "remove shop",
    ]);
  });

  test("says what is wrong beside what was typed, and never sends a secret back", async () => {
    await using fixture = await webFixture();
    const browser = await setUp(fixture);
    const typed = { name: "shop", repository: "https://forge.example/infra.git", interval: "soon" };
    const secret = { credential: "https-token", secret: "t0p-secret" };
    const answer = await browser.post("/stacks", { csrf: csrfOfSession(browser), ...typed, ...secret });
    expect(answer.status).toBe(400);
    const html = await answer.text();
    expect(html).toContain("https://forge.example/infra.git");
    expect(html.toLowerCase()).toContain("interval: invalid duration");
    expect(html).not.toContain("t0p-secret");
  });

  test("takes a private key as a browser sends it", async () => {
    await using fixture = await webFixture();
    const browser = await setUp(fixture);
    const key = { credential: "ssh-key", secret: "-----BEGIN KEY-----\r\nabc\r\n-----END KEY-----\r\n" };
    const fields = { csrf: csrfOfSession(browser), name: "shop", repository: "git@forge.example:infra.git", ...key };
    expect((await browser.post("/stacks", fields)).status).toBe(303);
    expect((await fixture.store.credentials.credentialOf("shop"))?.secret).toBe(
      "-----BEGIN KEY-----\nabc\n-----END KEY-----\n",
    );
  });
});

test("an htmx form is sent on by htmx's own header", async () => {
  await using fixture = await webFixture();
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  const browser = await setUp(fixture);
  const answer = await browser.post("/stacks/shop/deploy", { csrf: csrfOfSession(browser) }, { "hx-request": "true" });
  expect([answer.status, answer.headers.get("hx-redirect")]).toEqual([204, "/stacks/shop"]);
});

test("a page says what failed, in a page, with the status that belongs to it", async () => {
  await using fixture = await webFixture();
  const browser = await setUp(fixture);
  const missing = await browser.get("/stacks/nobody");
  expect([missing.status, missing.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
  fixture.reconciler.statuses = () => Promise.reject(new Error("secret of /root/x"));
  const broken = await browser.get("/");
  expect(broken.status).toBe(500);
  expect(await broken.text()).not.toContain("secret of");
});

test("the unknown server's fingerprint is shown with a button until it is accepted", async () => {
  await using fixture = await webFixture();
  const browser = await setUp(fixture);
  const error = new TallymanError("HostKeyUnknown", "nobody vouched for forge.example", {
    hint: "tallyman host-key accept …",
  });
  fixture.reconciler.probed = { ok: false, error };
  await callSocket(fixture, "POST", "/stacks", { name: "shop", repository: "git@forge.example:infra.git" });
  expect(await (await browser.get("/stacks/shop/connect")).text()).toContain("SHA256:right");
});

test("over TLS cookies are Secure and browsers are told to stay with it", async () => {
  using directory = temporaryDirectory("tls");
  const { certificate, key } = await createCertificate(directory.path);
  await using fixture = await webFixture({ tls: { cert: certificate, key } });
  expect(fixture.server.setupUrl).toStartWith("https://127.0.0.1:");
  const send = (path: string, init: RequestInit = {}) =>
    fetch(`${fixture.url}${path}`, { ...init, redirect: "manual", tls: { rejectUnauthorized: false } });
  const path = new URL(fixture.server.setupUrl ?? "").pathname;
  const opened = await send(path);
  const visitor = opened.headers.getSetCookie()[0] ?? "";
  expect(visitor).toEndWith("; Secure");
  expect(opened.headers.get("strict-transport-security")).toBe("max-age=31536000");
  const csrf = /name="csrf" value="([^"]+)"/.exec(await opened.text())?.[1] ?? "";
  const fields = new URLSearchParams({ csrf, name: "ada", password: PASSWORD, repeated: PASSWORD });
  const headers = { cookie: visitor.split(";")[0] ?? "", origin: fixture.url, "sec-fetch-site": "same-origin" };
  const made = await send(path, { method: "POST", body: fields, headers });
  expect(made.status).toBe(303);
  expect(made.headers.getSetCookie().every((line) => line.endsWith("; Secure"))).toBe(true);
});
