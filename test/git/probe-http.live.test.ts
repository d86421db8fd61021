import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Credential } from "../../src/credential.ts";
import { TallymanError } from "../../src/error.ts";
import { withDeadline } from "../../src/git/deadline.ts";
import { type HttpProbe, probeHttp } from "../../src/git/probe-http.ts";
import { parseRemoteUrl } from "../../src/git/remote-url.ts";
import { type GitHttpServer, serveGitOverHttp } from "../support/git-http.ts";
import { createRepository, type TestRepository } from "../support/repository.ts";
import { temporaryDirectory } from "../support/temporary.ts";

setDefaultTimeout(120_000);

const directory = temporaryDirectory("probe-http");
const TOKEN = "tkn-3f9c1a";
let repository: TestRepository;
let head = "";
let http: GitHttpServer;
let locked: GitHttpServer;
let https: GitHttpServer;
const odd: { stop(force?: boolean): unknown }[] = [];

beforeAll(async () => {
  repository = await createRepository(directory.path);
  head = await repository.commit({ "compose.yaml": "services: {}\n" }, "First");
  await repository.work("tag", "-a", "v1", "-m", "One");
  await repository.work("push", "-q", "origin", "v1");
  await createRepository(directory.path, "empty");
  http = await serveGitOverHttp({ root: directory.path });
  locked = await serveGitOverHttp({ root: directory.path, auth: { username: "git", password: TOKEN } });
  https = await serveGitOverHttp({ root: directory.path, tls: true });
});

afterEach(() => {
  for (const server of [http, locked, https]) {
    server.misbehave(null);
    server.forgetRequests();
  }
});

afterAll(async () => {
  for (const server of [http, locked, https]) await server.stop();
  for (const server of odd) server.stop(true);
  directory.remove();
});

const probe = (url: string, options: Partial<HttpProbe> = {}, deadlineMs = 20_000) =>
  withDeadline("the probe", deadlineMs, new AbortController().signal, (signal) =>
    probeHttp({ remote: parseRemoteUrl(url), credential: null, wanted: null, authorities: null, ...options }, signal),
  );

const failure = async (asking: Promise<unknown>): Promise<TallymanError> => {
  const thrown = await asking.then(
    (value) => new Error(`it answered ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (thrown instanceof TallymanError) return thrown;
  throw thrown;
};

const token = (host: string, secret = TOKEN): Credential => ({
  kind: "https-token",
  host,
  username: "git",
  secret,
  publicKey: null,
});

/** A server that is no Git server at all. */
function serveOdd(answer: (request: Request) => Response | Promise<Response>) {
  const seen: Request[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    fetch: (request) => {
      seen.push(request);
      return answer(request);
    },
  });
  odd.push(server);
  return { url: `http://127.0.0.1:${server.port}/a.git`, host: `127.0.0.1:${server.port}`, seen };
}

const advertisement = (body: BodyInit) =>
  new Response(body, { headers: { "content-type": "application/x-git-upload-pack-advertisement" } });

describe("an answer", () => {
  test("is the default branch's head with its name", async () => {
    expect(await probe(http.url())).toEqual({ commit: head, ref: "refs/heads/main" });
    expect(http.requests.map((request) => request.protocol)).toEqual(["version=2", "version=2"]);
  });

  test("is a branch's head", async () => {
    expect(await probe(http.url(), { wanted: "main" })).toEqual({ commit: head, ref: "refs/heads/main" });
  });

  test("is the commit behind an annotated tag", async () => {
    expect(await probe(http.url(), { wanted: "v1" })).toEqual({ commit: head, ref: "refs/tags/v1" });
  });

  test("comes from a server that speaks only version 0", async () => {
    const old = serveOdd(() =>
      advertisement(
        v0([
          `${head} HEAD\0multi_ack symref=HEAD:refs/heads/main agent=git/1.8\n`,
          `${head} refs/heads/main\n`,
          `${"1".repeat(40)} refs/tags/v1\n`,
          `${head} refs/tags/v1^{}\n`,
        ]),
      ),
    );
    expect(await probe(old.url)).toEqual({ commit: head, ref: "refs/heads/main" });
    expect(await probe(old.url, { wanted: "v1" })).toEqual({ commit: head, ref: "refs/tags/v1" });
    expect(old.seen.map((request) => request.method)).toEqual(["GET", "GET"]);
  });

  test("comes over TLS whose authority was given", async () => {
    const authorities = https.certificate?.authority ?? "";
    expect((await probe(https.url(), { authorities })).commit).toBe(head);
  });

  test("comes to the right token", async () => {
    expect((await probe(locked.url(), { credential: token(locked.host) })).commit).toBe(head);
  });
});

describe("a refusal", () => {
  test("names the nearest branches when the ref is missing", async () => {
    const error = await failure(probe(http.url(), { wanted: "mian" }));
    expect(error.reason).toBe("GitRefMissing");
    expect(error.message).toContain('"mian"');
    expect(error.hint).toContain("main");
  });

  test("tells an empty repository", async () => {
    expect((await failure(probe(http.url("empty")))).reason).toBe("GitEmptyRepository");
  });

  test("tells that there is no repository", async () => {
    const error = await failure(probe(http.url("nowhere")));
    expect(error.reason).toBe("GitNotARepository");
    expect(error.hint).toContain("private");
  });

  test("tells a wrong token without repeating it", async () => {
    const error = await failure(probe(locked.url(), { credential: token(locked.host, "wrong-secret") }));
    expect(error.reason).toBe("GitAuthentication");
    expect(JSON.stringify([error.message, error.hint, String(error.stack)])).not.toContain("wrong-secret");
  });

  test("tells a web page that answers 200", async () => {
    http.misbehave({ kind: "html" });
    const error = await failure(probe(http.url()));
    expect(error.reason).toBe("GitNotARepository");
    expect(error.message).toContain("web page");
  });

  test("tells a web page that claims to be Git", async () => {
    const liar = serveOdd(() => advertisement("<!doctype html><title>Log in</title>"));
    expect((await failure(probe(liar.url))).reason).toBe("GitNotARepository");
  });

  test("tells a server of plain files", async () => {
    const dumb = serveOdd(
      () => new Response(`${head}\trefs/heads/main\n`, { headers: { "content-type": "text/plain; charset=utf-8" } }),
    );
    expect((await failure(probe(dumb.url))).message).toContain("dumb");
  });

  test("carries Retry-After of a 429", async () => {
    http.misbehave({ kind: "status", status: 429, headers: { "retry-after": "120" } });
    const error = await failure(probe(http.url()));
    expect([error.reason, error.retryAfterMs]).toEqual(["GitUnreachable", 120_000]);
  });

  test("tells a server's own trouble", async () => {
    http.misbehave({ kind: "status", status: 503 }, (request) => request.method === "POST");
    expect((await failure(probe(http.url()))).reason).toBe("GitUnreachable");
  });

  test("tells a certificate that nobody vouches for", async () => {
    const error = await failure(probe(https.url()));
    expect(error.reason).toBe("GitUnreachable");
    expect(error.message).toContain("certificate");
  });

  test("tells a port where nobody listens", async () => {
    const error = await failure(probe("http://127.0.0.1:1/a.git"));
    expect(error.reason).toBe("GitUnreachable");
    expect(error.message).toContain("refused the connection");
  });

  test("tells an answer that was cut", async () => {
    http.misbehave({ kind: "cut", afterBytes: 60 });
    expect((await failure(probe(http.url()))).reason).toBe("GitUnreachable");
  });
});

describe("a bad server", () => {
  test("that never answers meets the deadline", async () => {
    http.misbehave({ kind: "hang" });
    expect((await failure(probe(http.url(), {}, 300))).reason).toBe("GitTimeout");
  });

  test("that drips a byte at a time meets the deadline", async () => {
    http.misbehave({ kind: "drip", everyMs: 20 });
    expect((await failure(probe(http.url(), {}, 600))).reason).toBe("GitTimeout");
  });

  test("whose list of refs never ends is cut off at the cap", async () => {
    let sent = 0;
    const line = Buffer.from(`0042${head} refs/heads/aaaaaaaaa\n`.padEnd(0x42, "a"));
    const chunk = Buffer.concat(Array.from({ length: 4000 }, () => line));
    const endless = serveOdd(() =>
      advertisement(
        new ReadableStream({
          pull(controller) {
            sent += chunk.length;
            controller.enqueue(chunk);
          },
        }),
      ),
    );
    const error = await failure(probe(endless.url));
    expect(error.reason).toBe("GitRefused");
    expect(error.message).toContain("16 MiB");
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  test("that redirects for ever is left after five", async () => {
    const loop = serveOdd((request) => Response.redirect(request.url, 302));
    expect((await failure(probe(loop.url))).reason).toBe("GitRefused");
    expect(loop.seen).toHaveLength(6);
  });
});

describe("a redirect", () => {
  test("on the same host is followed with the credential", async () => {
    locked.misbehave({ kind: "redirect", to: `${locked.url()}/info/refs?service=git-upload-pack` }, (request) =>
      request.target.startsWith("/old.git"),
    );
    expect((await probe(locked.url("old"), { credential: token(locked.host) })).commit).toBe(head);
  });

  test("to another host carries no credential", async () => {
    locked.misbehave({ kind: "redirect", to: `${http.url()}/info/refs?service=git-upload-pack` });
    expect((await probe(locked.url(), { credential: token(locked.host) })).commit).toBe(head);
    expect(locked.requests.every((request) => request.authorization !== null)).toBe(true);
    expect(http.requests.length).toBeGreaterThan(0);
    expect(http.requests.map((request) => request.authorization)).toEqual(http.requests.map(() => null));
  });

  test.each([
    ["a page that is no repository", "/login"],
    ["a file", "file:///etc/passwd?/info/refs?service=git-upload-pack"],
    ["the metadata address", "http://169.254.169.254/a.git/info/refs?service=git-upload-pack"],
    ["a URL with a password", "http://a:b@127.0.0.1/a.git/info/refs?service=git-upload-pack"],
  ])("to %s is refused", async (_, to) => {
    http.misbehave({ kind: "redirect", to });
    expect((await failure(probe(http.url()))).reason).toBe("GitRefused");
  });

  test("from https to http is refused", async () => {
    https.misbehave({ kind: "redirect", to: `${http.url()}/info/refs?service=git-upload-pack` });
    const authorities = https.certificate?.authority ?? "";
    const error = await failure(probe(https.url(), { authorities }));
    expect(error.message).toContain("away from https");
    expect(http.requests).toEqual([]);
  });
});

test("a credential of another host is not sent", async () => {
  const error = await failure(probe(locked.url(), { credential: token("git.example.test") }));
  expect(error.reason).toBe("GitAuthentication");
  expect(locked.requests.map((request) => request.authorization)).toEqual([null]);
});

function v0(lines: readonly string[]): string {
  const packet = (text: string) => (Buffer.byteLength(text) + 4).toString(16).padStart(4, "0") + text;
  return `${packet("# service=git-upload-pack\n")}0000${lines.map(packet).join("")}0000`;
}
