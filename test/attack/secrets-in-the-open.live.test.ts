import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import type { Browser } from "playwright-core";
import { api } from "../support/api.ts";
import { openBrowser } from "../support/browser.ts";
import { command } from "../support/command.ts";
import { type Daemon, startDaemon, tallyman } from "../support/daemon.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { engineApi, removeProject } from "../support/engine-api.ts";
import { type GitHttpServer, serveGitOverHttp } from "../support/git-http.ts";
import { createSshKey, type GitSshServer, type SshKey, serveGitOverSsh } from "../support/git-ssh.ts";
import { busyboxImage } from "../support/images.ts";
import { createRepository } from "../support/repository.ts";
import { oneService } from "../support/sample-stack.ts";
import { signUp } from "../support/sign-up.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/waiting.ts";

// A token and two private keys are stored and used, well and in vain; then everything that anybody could look at is searched for them.

const directory = temporaryDirectory("secrets");
const token = `tok_${crypto.randomUUID().replaceAll("-", "")}`;
const wrongToken = `bad_${crypto.randomUUID().replaceAll("-", "")}`;
const watched = { processes: new Set<string>(), containers: new Map<string, string>() };
let engine: TestEngine;
let https: GitHttpServer;
let ssh: GitSshServer;
let key: SshKey;
let daemon: Daemon;
let browser: Browser;
let said = "";
let watching: ReturnType<typeof setInterval>;
const listening = new AbortController();

beforeAll(async () => {
  engine = await testEngine();
  await busyboxImage(engine);
  const repository = await createRepository(directory.path, "secret");
  await repository.commit({ "compose.yaml": oneService("1") }, "First");
  https = await serveGitOverHttp({ root: directory.path, auth: { username: "git", password: token } });
  ssh = await serveGitOverSsh({ root: directory.path });
  key = await createSshKey(directory.path, "reader");
  ssh.authorize(key.publicKey);
  watching = setInterval(watchProcesses, 15);
  void watchContainers();
  daemon = await startDaemon({ engine, flags: ["--interval", "5s"] });
  browser = await openBrowser();
}, 180_000);

afterAll(async () => {
  clearInterval(watching);
  listening.abort();
  await browser.close();
  await daemon.stop();
  await https.stop();
  await ssh.stop();
  for (const name of ["token", "wrong", "key", "deploy"]) await removeProject(engine, name);
  directory.remove();
}, 60_000);

/** Arguments and environment of every process but this test's own. */
function watchProcesses(): void {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    try {
      watched.processes.add(
        readFileSync(`/proc/${pid}/cmdline`, "latin1") + readFileSync(`/proc/${pid}/environ`, "latin1"),
      );
    } catch {
      // It ended meanwhile.
    }
  }
}

/** What the Engine would tell about every container, workers too, as soon as it is made. */
async function watchContainers(): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ type: ["container"], event: ["create", "start"] }));
  const answer = await fetch(`http://engine/events?filters=${filters}`, {
    unix: engine.socketPath,
    signal: listening.signal,
  });
  const decoder = new TextDecoder();
  try {
    for await (const chunk of answer.body ?? []) {
      for (const line of decoder.decode(chunk, { stream: true }).split("\n").filter(Boolean)) {
        const { id } = JSON.parse(line) as { readonly id: string };
        const inspected = await engineApi(engine, `/containers/${id}/json`).catch(() => null);
        watched.containers.set(id, `${line} ${JSON.stringify(inspected)}`);
      }
    }
  } catch (thrown) {
    if (!listening.signal.aborted) throw thrown;
  }
}

/** The parts of a secret that must not be found: itself, and each longer line of a key. */
function needles(secret: string): readonly string[] {
  return secret.split("\n").filter((line) => line.length >= 20 && !line.startsWith("-----"));
}

function finds(text: string, secrets: readonly string[]): boolean {
  return secrets.flatMap(needles).some((needle) => {
    return text.includes(needle) || text.includes(btoa(`git:${needle}`)) || text.includes(btoa(needle).slice(0, 24));
  });
}

/** Files below a directory that hold a secret, read as bytes. */
function filesWith(place: string, secrets: readonly string[]): readonly string[] {
  return [...new Glob("**/*").scanSync({ cwd: place, dot: true, onlyFiles: true, followSymlinks: false })].filter(
    (file) => finds(readFileSync(join(place, file), "latin1"), secrets),
  );
}

async function add(stackName: string, url: string, credential: readonly string[], secret?: string): Promise<void> {
  const words = ["stack", "add", stackName, "--repo", url, ...credential, "--root", daemon.root];
  const result = await tallyman(words, secret === undefined ? {} : { input: secret });
  said += result.stdout + result.stderr;
}

test("the search finds what is planted", () => {
  using planted = temporaryDirectory("planted");
  writeFileSync(join(planted.path, "config"), `[remote]\n url = https://git:${token}@host/x.git\n`);
  expect(filesWith(planted.path, [token])).toEqual(["config"]);
  expect(finds(`authorization: Basic ${btoa(`git:${token}`)}`, [token])).toBe(true);
  expect(finds(key.privateKey, [key.privateKey])).toBe(true);
  expect(finds("nothing here", [token, key.privateKey])).toBe(false);
});

describe("after clones that worked and clones that failed", () => {
  beforeAll(async () => {
    await add("token", https.url("secret"), ["--credential", "https-token", "--username", "git"], token);
    await add("wrong", https.url("secret"), ["--credential", "https-token", "--username", "git"], wrongToken);
    await add("key", ssh.url("secret"), ["--credential", "ssh-key"], key.privateKey);
    await add("deploy", ssh.url("secret"), []);
    const hostKey = ssh.hostKeys.find(({ type }) => type === "ssh-ed25519");
    const accepted = await daemon.run("host-key", "accept", ssh.host, hostKey?.fingerprint ?? "");
    said += accepted.stdout + accepted.stderr;
    for (const name of ["token", "key"]) {
      await daemon.run("deploy", name, "--wait");
      await until(`${name} is in sync`, async () => (await daemon.status(name)).state === "in-sync", 120_000, 200);
    }
    for (const name of ["wrong", "deploy"]) {
      const failed = await daemon.run("deploy", name, "--wait");
      said += failed.stdout + failed.stderr;
      expect(failed.code).not.toBe(0);
    }
  }, 300_000);

  const secrets = (): readonly string[] => [token, wrongToken, key.privateKey];

  test("the credentials really were sent where they belong", () => {
    const basic = `Basic ${btoa(`git:${token}`)}`;
    expect(https.requests.some(({ authorization }) => authorization === basic)).toBe(true);
    expect(ssh.log()).toContain("Accepted publickey");
    expect([...watched.containers.values()].some((text) => text.includes("io.tallyman.worker"))).toBe(true);
    expect(watched.processes.size).toBeGreaterThan(0);
  });

  test("no file of the root holds one", () => {
    expect(filesWith(daemon.root, secrets())).toEqual([]);
  });

  test("nothing is left in memory file systems and temporary directories", () => {
    for (const place of ["/run/tallyman", "/dev/shm"]) {
      const left = Bun.spawnSync(["find", place, "-type", "f"], { stderr: "ignore" }).stdout.toString().split("\n");
      for (const file of left.filter(Boolean)) expect(finds(readFileSync(file, "latin1"), secrets())).toBe(false);
    }
  });

  test("no container, worker or stack, shows one", () => {
    const shown = [...watched.containers.values()].filter((text) => finds(text, secrets()));
    expect(shown).toEqual([]);
  });

  test("no process had one in its arguments or environment", () => {
    const shown = [...watched.processes].filter((text) => finds(text, secrets()));
    expect(shown).toEqual([]);
  });

  test("no log and no output of a command shows one", () => {
    expect(finds(daemon.log(), secrets())).toBe(false);
    expect(finds(said, secrets())).toBe(false);
  });

  test("no answer of the API shows one", async () => {
    const paths = ["/stacks", "/events", "/host-keys", "/doctor", "/version"];
    for (const name of ["token", "wrong", "key", "deploy"])
      paths.push(`/stacks/${name}`, `/stacks/${name}/deployments`);
    for (const path of paths) expect(finds(JSON.stringify(await api(daemon, path)), secrets())).toBe(false);
  });

  test("no page shows one", async () => {
    const page = await signUp(browser, daemon);
    const paths = ["/", "/host"];
    for (const name of ["token", "wrong", "key", "deploy"]) paths.push(`/stacks/${name}`, `/stacks/${name}/connect`);
    for (const path of paths) {
      await page.goto(`${daemon.url}${path}`);
      expect(finds(await page.content(), secrets())).toBe(false);
    }
  });

  test("the deploy key's private half is nowhere, its public half is shown", async () => {
    const { publicKey } = await api<{ readonly publicKey: string | null }>(daemon, "/stacks/deploy");
    expect(publicKey).toStartWith("ssh-ed25519 ");
    const marks = ["PRIVATE KEY", "b3BlbnNzaC1rZXktdjE"];
    const files = [...new Glob("**/*").scanSync({ cwd: daemon.root, dot: true, onlyFiles: true })];
    for (const file of files) {
      const text = readFileSync(join(daemon.root, file), "latin1");
      for (const mark of marks) expect({ file, found: text.includes(mark) }).toEqual({ file, found: false });
    }
  });

  test("the mirror's configuration names no credential and no helper", async () => {
    const configs = await command([
      "grep",
      "-rIl",
      "--include=config",
      "-E",
      "credential|extraheader|@127",
      daemon.root,
    ]);
    expect(configs.stdout).toBe("");
  });
});
