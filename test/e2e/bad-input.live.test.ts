import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import type { Reason } from "../../src/error.ts";
import { api } from "../support/api.ts";
import { openBrowser } from "../support/browser.ts";
import { type Daemon, startDaemon, tallyman } from "../support/daemon.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { removeProject } from "../support/engine-api.ts";
import { type GitHttpServer, serveGitOverHttp } from "../support/git-http.ts";
import { type GitSshServer, serveGitOverSsh } from "../support/git-ssh.ts";
import { busyboxImage } from "../support/images.ts";
import { createRepository, type TestRepository } from "../support/repository.ts";
import { oneService } from "../support/sample-stack.ts";
import { shownOn, signUp } from "../support/sign-up.ts";
import { proxyEngine, type SocketProxy } from "../support/socket-proxy.ts";
import { freePort, temporaryDirectory } from "../support/temporary.ts";

// Whatever is wrong: a sentence and the next step, on the command line, in the API and on the page.

const directory = temporaryDirectory("bad-input");
let engine: TestEngine;
let http: GitHttpServer;
let ssh: GitSshServer;
let good: TestRepository;
let proxy: SocketProxy;
let daemon: Daemon;
let browser: Browser;
let page: Page;

interface Answer {
  readonly error: { readonly reason: Reason; readonly message: string; readonly hint: string } | null;
}

beforeAll(async () => {
  engine = await testEngine();
  await busyboxImage(engine);
  good = await createRepository(directory.path, "good");
  await good.commit({ "compose.yaml": oneService("1") }, "First");
  await createRepository(directory.path, "empty");
  http = await serveGitOverHttp({ root: directory.path });
  ssh = await serveGitOverSsh({ root: directory.path });
  proxy = await proxyEngine(engine.socketPath);
  daemon = await startDaemon({ engine, dockerHost: proxy.dockerHost, flags: ["--interval", "10m"] });
  browser = await openBrowser();
  page = await signUp(browser, daemon);
}, 180_000);

afterAll(async () => {
  await browser.close();
  await daemon.stop();
  await proxy.stop();
  await http.stop();
  await ssh.stop();
  for (const name of ["port-taken", "host-key-changed", "engine-gone"]) await removeProject(engine, name);
  directory.remove();
}, 60_000);

/** Adds a stack and deploys it in vain: the same reason everywhere, a sentence with a next step, and no stack trace. */
async function fails(stackName: string, add: readonly string[], reason: Reason, words: RegExp): Promise<void> {
  if (add.length > 0) {
    const added = await daemon.run("stack", "add", stackName, ...add);
    // What the probe sees already is said at once; what only a pass can see is not known yet.
    if (added.code === 0)
      expect({ stackName, stderr: added.stderr.replace(/^kept, but .*\nhint: .*\n/, "") }).toEqual({
        stackName,
        stderr: "",
      });
    else
      expect({ stackName, code: added.code, stderr: added.stderr }).toMatchObject({
        stackName,
        code: 1,
        stderr: expect.stringMatching(words),
      });
  }
  const { error } = await api<Answer>(daemon, `/stacks/${stackName}/deploy`, "POST", { wait: true });
  expect({ stackName, reason: error?.reason, message: error?.message }).toEqual({
    stackName,
    reason,
    message: expect.stringMatching(words),
  });
  expect(`${error?.message} ${error?.hint}`.length).toBeGreaterThan(20);
  expect(error?.hint).not.toBe("");

  const cli = await daemon.run("deploy", stackName, "--wait");
  expect(cli.code).not.toBe(0);
  expect(cli.stderr).toMatch(words);
  expect(cli.stderr).not.toMatch(/\bat .*\.ts:\d+/);

  const shown = await shownOn(page, daemon, `/stacks/${stackName}`);
  expect(shown).toMatch(words);
  expect(shown).not.toMatch(/\bat .*\.ts:\d+/);
}

async function repositoryWith(name: string, compose: string, file = "compose.yaml"): Promise<readonly string[]> {
  const repository = await createRepository(directory.path, name);
  await repository.commit({ [file]: compose }, "First");
  return ["--repo", http.url(name)];
}

describe("git", () => {
  test(
    "a URL that is no repository",
    () => fails("no-repository", ["--repo", http.url("missing")], "GitNotARepository", /repository/i),
    60_000,
  );
  test(
    "an empty repository",
    () => fails("empty", ["--repo", http.url("empty")], "GitEmptyRepository", /empty|no commit/i),
    60_000,
  );
  test(
    "a branch that does not exist",
    () => fails("no-branch", ["--repo", http.url("good"), "--ref", "nowhere"], "GitRefMissing", /nowhere/),
    60_000,
  );
  test(
    "a host that cannot be reached",
    () => fails("no-host", ["--repo", `http://127.0.0.1:${freePort()}/x.git`], "GitUnreachable", /127\.0\.0\.1/),
    60_000,
  );
  test("a host key that nobody vouched for, a key that is not authorized, a host key that changed", async () => {
    const fingerprint = (): string => ssh.hostKeys.find(({ type }) => type === "ssh-ed25519")?.fingerprint ?? "";
    await fails("wrong-key", ["--repo", ssh.url("good")], "HostKeyUnknown", /host key/i);
    const accepted = await daemon.run("host-key", "accept", ssh.host, fingerprint());
    expect(accepted).toMatchObject({ code: 0 });
    await fails("wrong-key", [], "GitAuthentication", /key|denied|authent/i);
    await ssh.replaceHostKeys();
    await fails("wrong-key", [], "HostKeyChanged", /host key/i);
  }, 120_000);
});

describe("compose", () => {
  test(
    "no Compose file",
    async () =>
      fails(
        "no-file",
        await repositoryWith("no-file", "hello", "README.md"),
        "ComposeFileMissing",
        /configuration file/i,
      ),
    60_000,
  );
  test(
    "invalid YAML",
    async () =>
      fails(
        "bad-yaml",
        await repositoryWith("bad-yaml", "services:\n  web: [\n"),
        "ComposeInvalid",
        /compose\.yaml:\d+/,
      ),
    60_000,
  );
  test(
    "an unknown key",
    async () =>
      fails(
        "unknown-key",
        await repositoryWith("unknown-key", "services:\n  web:\n    image: x:1\n    imagge: y\n"),
        "ComposeInvalid",
        /imagge/,
      ),
    60_000,
  );
  test(
    "a variable that is not set",
    async () =>
      fails(
        "no-variable",
        await repositoryWith("no-variable", `services:\n  web:\n    image: \${IMAGE:?name the image}\n`),
        "VariableMissing",
        /IMAGE/,
      ),
    60_000,
  );
});

describe("a file made to exhaust us", () => {
  const laughs = Array.from({ length: 9 }, (_, level) =>
    level === 0
      ? "x-0: &l0 [a, a, a, a, a, a, a, a]"
      : `x-${level}: &l${level} [${Array(8)
          .fill(`*l${level - 1}`)
          .join(", ")}]`,
  );
  const hostile = {
    "a billion laughs": [`${laughs.join("\n")}\nservices: { web: { image: a } }\n`, /more than 15000 nodes/],
    "twenty thousand services": [
      `services:\n${Array.from({ length: 20_000 }, (_, index) => `  s${index}:\n    image: a\n    command: x\n`).join("")}`,
      /too many keys or items/,
    ],
    "nesting without end": [`x-a: ${"[".repeat(200_000)}`, /nested too deeply/],
    "a hundred megabytes": [`x-a: ${"y".repeat(100 * 1024 * 1024)}\n`, /larger than/],
  } as const;
  for (const [what, [text, words]] of Object.entries(hostile))
    test(`${what}, on the command line`, async () => {
      const file = `${directory.path}/hostile.yaml`;
      await Bun.write(file, text);
      const refused = await tallyman(["compose", "-f", file, "config", "-q"], { deadlineMs: 60_000 });
      expect(refused).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(words) });
    }, 60_000);
  test("twenty thousand services in a repository, and the daemon answers on", async () => {
    const [text, words] = hostile["twenty thousand services"];
    await fails("hostile", await repositoryWith("hostile", text), "ComposeInvalid", words);
    expect(await daemon.run("stack", "list")).toMatchObject({ code: 0 });
  }, 120_000);
});

describe("the Engine", () => {
  test("a port that is taken", async () => {
    const port = freePort();
    const holder = Bun.listen({ hostname: "127.0.0.1", port, socket: { data: () => undefined } });
    const compose = oneService("1", { ports: [`127.0.0.1:${port}:80`] });
    await fails("port-taken", await repositoryWith("port-taken", compose), "EngineRefused", new RegExp(String(port)));
    holder.stop(true);
  }, 120_000);

  test("an Engine that does not run", async () => {
    proxy.cut(true);
    await fails("engine-gone", ["--repo", http.url("good")], "EngineUnreachable", /Engine|Docker/);
    proxy.cut(false);
  }, 120_000);

  test("doctor and compose say that no Engine answers", async () => {
    const nowhere = ["--docker-host", `unix://${directory.path}/nowhere.sock`];
    await Bun.write(`${directory.path}/compose.yaml`, oneService("1"));
    const plan = await tallyman(["compose", "plan", "-f", `${directory.path}/compose.yaml`, ...nowhere]);
    expect(plan).toMatchObject({ code: 1, stderr: expect.stringContaining("nowhere.sock") });
    const doctor = await tallyman(["doctor", "--root", `${directory.path}/root`, ...nowhere]);
    expect(doctor.code).not.toBe(0);
    expect(doctor.stdout + doctor.stderr).toContain("nowhere.sock");
  }, 60_000);
});

describe("the command line", () => {
  test("an address that is taken", async () => {
    const root = `${directory.path}/second`;
    const flags = ["--root", root, "--docker-host", engine.dockerHost, "--listen", daemon.url.slice("http://".length)];
    const second = await tallyman(["serve", ...flags], { deadlineMs: 30_000 });
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/already listens|in use/);
    expect(second.stderr).toContain("--listen");
  }, 60_000);

  test("a second daemon on the same root", async () => {
    const flags = ["--root", daemon.root, "--docker-host", engine.dockerHost, "--listen", `127.0.0.1:${freePort()}`];
    const second = await tallyman(["serve", ...flags], { deadlineMs: 30_000 });
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/already|another/i);
  }, 60_000);

  test("no daemon, an unknown stack, an unknown command, a name that is none", async () => {
    const lonely = await tallyman(["status", "--root", `${directory.path}/nothing`]);
    expect(lonely).toMatchObject({ code: 5, stderr: expect.stringContaining("tallyman serve") });
    expect(await daemon.run("status", "nobody")).toMatchObject({ code: 1, stderr: expect.stringContaining("nobody") });
    expect((await tallyman(["frobnicate"])).code).toBe(2);
    expect(await daemon.run("stack", "add", "Bad Name", "--repo", http.url("good"))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("name"),
    });
  }, 60_000);
});
