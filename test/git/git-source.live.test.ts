import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { generateDeployKey } from "../../src/git/deploy-key.ts";
import { type GitHttpServer, serveGitOverHttp } from "../support/git-http.ts";
import { type GitSshServer, serveGitOverSsh } from "../support/git-ssh.ts";
import { createRepository, type TestRepository } from "../support/repository.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { failureOf, forever, type GitRig, gitRig, stackOf } from "./git-rig.ts";

setDefaultTimeout(120_000);

const served = temporaryDirectory("served");
const TOKEN = "tkn 9a7/+%3f&x";
let repository: TestRepository;
let http: GitHttpServer;
let locked: GitHttpServer;
let https: GitHttpServer;
let ssh: GitSshServer;
let rig: GitRig;

beforeAll(async () => {
  repository = await createRepository(served.path);
  await repository.commit({ "compose.yaml": "services: {}\n", "web/app.conf": "one\n" }, "First");
  http = await serveGitOverHttp({ root: served.path });
  locked = await serveGitOverHttp({ root: served.path, auth: { username: "deploy", password: TOKEN } });
  https = await serveGitOverHttp({ root: served.path, tls: true });
  ssh = await serveGitOverSsh({ root: served.path });
});

beforeEach(async () => {
  rig = await gitRig();
});

afterEach(() => {
  for (const server of [http, locked, https]) {
    server.misbehave(null);
    server.forgetRequests();
  }
  rig.remove();
});

afterAll(async () => {
  for (const server of [http, locked, https, ssh]) await server.stop();
  served.remove();
});

const stackHome = () => join(rig.root, "deployments/shop");
const liveFile = (path: string) => join(stackHome(), "tree", path);

async function checkout(stack = stackOf(http.url())) {
  const revision = await rig.source.head(stack, forever());
  return rig.source.checkout(stack, revision, forever());
}

async function release(stack = stackOf(http.url())) {
  const result = await checkout(stack);
  const saved = await rig.source.switchTree(stack, result, [], forever());
  await rig.source.discard(stack, result);
  return saved;
}

describe("a checkout", () => {
  test("holds the commit's files and tells who made it", async () => {
    const commit = await repository.commit({ "compose.yaml": "services: {web: {}}\n" }, "Add <b>web</b>\n\nLong text", {
      author: "Zoë O'Neil <zoe@example.test>",
    });
    const result = await checkout();
    expect(readFileSync(join(result.staging, "compose.yaml"), "utf8")).toBe("services: {web: {}}\n");
    expect(result.live).toBe(join(stackHome(), "tree"));
    expect(result.info).toMatchObject({ commit, author: "Zoë O'Neil", message: "Add <b>web</b>" });
    expect(Date.parse(result.info.committedAt)).toBeGreaterThan(0);
  });

  test("comes over TLS with the operator's authority", async () => {
    const own = await gitRig({}, https.certificate?.authority);
    const stack = stackOf(https.url());
    const revision = await own.source.head(stack, forever());
    expect((await own.source.checkout(stack, revision, forever())).info.commit).toBe(revision.commit);
    own.remove();
  });

  test("comes over SSH with a generated key and a pinned host key", async () => {
    const key = generateDeployKey("tallyman-shop");
    ssh.authorize(key.publicKey);
    const host = `127.0.0.1:${ssh.port}`;
    rig.credentials.set("shop", {
      kind: "deploy-key",
      host,
      username: "git",
      secret: key.privateKey,
      publicKey: key.publicKey,
    });
    const added = { addedBy: "test", addedAt: "2026-01-01T00:00:00Z" };
    rig.hostKeys.push(...ssh.hostKeys.map((hostKey) => ({ ...hostKey, ...added, host: ssh.host })));
    const result = await checkout(stackOf(ssh.url(), { credential: "deploy-key" }));
    expect(existsSync(join(result.staging, "compose.yaml"))).toBe(true);
  });

  test("of a commit that was fetched before needs no network", async () => {
    const stack = stackOf(http.url());
    const revision = await rig.source.head(stack, forever());
    await rig.source.checkout(stack, revision, forever());
    rig.runner.forget();
    http.misbehave({ kind: "status", status: 500 });
    expect((await rig.source.checkout(stack, revision, forever())).info.commit).toBe(revision.commit);
    expect(rig.runner.jobs.map((job) => job.network)).toEqual([false, false]);
  });

  test("of a full commit that is no longer a head works", async () => {
    const old = await repository.resolve("main");
    await repository.commit({ "web/app.conf": "newer\n" }, "Newer");
    const result = await checkout(stackOf(http.url(), { ref: old }));
    expect(result.info.commit).toBe(old);
  });

  test("of a commit that the remote does not have says so", async () => {
    const error = await failureOf(checkout(stackOf(http.url(), { ref: "1".repeat(40) })));
    expect(error.reason).toBe("GitRefMissing");
  });

  test("is gone after discard, and nothing else is", async () => {
    const stack = stackOf(http.url());
    const [first, second] = [await checkout(stack), await checkout(stack)];
    await rig.source.discard(stack, first);
    await rig.source.discard(stack, { ...first, staging: join(stackHome(), "tree", "x") });
    expect([existsSync(first.staging), existsSync(second.staging)]).toEqual([false, true]);
  });

  test("beyond the allowed number of files is refused and removed", async () => {
    const small = await gitRig({ maxFiles: 2 });
    const stack = stackOf(http.url());
    const revision = await small.source.head(stack, forever());
    const error = await failureOf(small.source.checkout(stack, revision, forever()));
    expect(error.reason).toBe("GitRefused");
    expect(readdirSync(join(small.root, "deployments/shop/staging"))).toEqual([]);
    small.remove();
  });
});

describe("a credential", () => {
  const token = () => ({
    kind: "https-token" as const,
    host: locked.host,
    username: "deploy",
    secret: TOKEN,
    publicKey: null,
  });

  test("reaches its server and leaves no trace", async () => {
    rig.credentials.set("shop", token());
    const result = await checkout(stackOf(locked.url(), { credential: "https-token" }));
    expect(existsSync(join(result.staging, "compose.yaml"))).toBe(true);
    expect(locked.requests.some((request) => request.authorization !== null)).toBe(true);
    const traces = JSON.stringify([rig.runner.jobs, rig.runner.results]) + filesBelow(rig.root);
    for (const spelling of spellings()) expect(traces).not.toContain(spelling);
    expect(existsSync(rig.secretsDir)).toBe(false);
  });

  test("that is refused leaves no trace either", async () => {
    const stack = stackOf(locked.url(), { credential: "https-token" });
    rig.credentials.set("shop", { ...token(), secret: `${TOKEN}x` });
    const commit = await repository.resolve("main");
    const error = await failureOf(rig.source.checkout(stack, { commit, ref: "refs/heads/main" }, forever()));
    expect(error.reason).toBe("GitAuthentication");
    const traces = [
      error.message,
      error.hint,
      error.stack,
      filesBelow(rig.root),
      JSON.stringify(rig.runner.jobs),
    ].join();
    for (const spelling of spellings()) expect(traces).not.toContain(spelling);
    expect(existsSync(rig.secretsDir)).toBe(false);
  });

  test("is not sent by the worker to where the server redirects", async () => {
    rig.credentials.set("shop", token());
    locked.misbehave({ kind: "redirect", to: `${http.url()}/info/refs?service=git-upload-pack` });
    const stack = stackOf(locked.url(), { credential: "https-token" });
    const commit = await repository.resolve("main");
    await rig.source.checkout(stack, { commit, ref: "refs/heads/main" }, forever());
    expect(http.requests.length).toBeGreaterThan(0);
    expect(http.requests.filter((request) => request.authorization !== null)).toEqual([]);
  });

  test("is not used for another host than its own", async () => {
    rig.credentials.set("shop", token());
    const error = await failureOf(rig.source.head(stackOf(http.url(), { credential: "https-token" }), forever()));
    expect(error.reason).toBe("GitAuthentication");
    expect(error.message).toContain(locked.host);
    expect(http.requests).toEqual([]);
  });

  const spellings = () => [TOKEN, encodeURIComponent(TOKEN), btoa(`deploy:${TOKEN}`)];
});

describe("the mirror", () => {
  test("loses the locks and half packs of a killed worker", async () => {
    await checkout();
    const mirror = join(stackHome(), "mirror.git");
    for (const litter of ["shallow.lock", "config.lock", "objects/pack/tmp_pack_x1", "refs/tallyman/a.lock"]) {
      writeFileSync(join(mirror, litter), "");
    }
    await repository.commit({ "web/app.conf": "after litter\n" }, "After litter");
    rig.runner.forget();
    await checkout();
    // One fetch sufficed: the mirror was not dropped for it.
    expect(rig.runner.jobs.filter((job) => job.network)).toHaveLength(1);
    expect(filesBelow(mirror)).not.toMatch(/\.lock|tmp_pack/);
  });

  test("that is corrupt is fetched anew", async () => {
    const stack = stackOf(http.url());
    const revision = await rig.source.head(stack, forever());
    await rig.source.checkout(stack, revision, forever());
    const objects = join(stackHome(), "mirror.git/objects");
    for (const path of listBelow(objects)) {
      rmSync(path);
      writeFileSync(path, "rubbish");
    }
    expect((await rig.source.checkout(stack, revision, forever())).info.commit).toBe(revision.commit);
  });

  test("in which a worker put a link for a folder is begun anew, and the link not followed", async () => {
    await checkout();
    const outside = join(rig.directory.path, "outside");
    mkdirSync(join(outside, "info"), { recursive: true });
    writeFileSync(join(outside, "info/alternates"), "untouched");
    const objects = join(stackHome(), "mirror.git/objects");
    rmSync(objects, { recursive: true });
    symlinkSync(outside, objects);
    await repository.commit({ "web/app.conf": "after links\n" }, "After links");
    await checkout();
    expect(readFileSync(join(outside, "info/alternates"), "utf8")).toBe("untouched");
    expect(statSync(outside).uid).toBe(process.getuid?.() ?? 0);
    expect(lstatSync(objects).isDirectory()).toBe(true);
  });

  test("runs no hook and obeys no config that a worker left in it", async () => {
    await checkout();
    const mirror = join(stackHome(), "mirror.git");
    mkdirSync(join(mirror, "hooks"), { recursive: true });
    const marker = join(mirror, "ran");
    for (const hook of ["reference-transaction", "post-checkout"]) {
      writeFileSync(join(mirror, "hooks", hook), `#!/bin/sh\ntouch /tallyman/mirror/ran\n`, { mode: 0o755 });
    }
    writeFileSync(join(mirror, "config"), "[core]\n\tbare = true\n\tfsmonitor = touch /tallyman/mirror/ran\n");
    await repository.commit({ "web/app.conf": "after hooks\n" }, "After hooks");
    await checkout();
    expect(existsSync(marker)).toBe(false);
  });
});

test("a pack that is cut off leaves the live tree as it was", async () => {
  await repository.commit({ "web/app.conf": "good\n" }, "Good");
  await release();
  await repository.commit({ "web/app.conf": "never arrives\n" }, "Cut");
  const stack = stackOf(http.url());
  const revision = await rig.source.head(stack, forever());
  http.misbehave({ kind: "cut", afterBytes: 100 }, (request) => request.method === "POST");
  const error = await failureOf(rig.source.checkout(stack, revision, forever()));
  expect(["GitUnreachable", "WorkerFailed"]).toContain(error.reason);
  expect(readFileSync(liveFile("web/app.conf"), "utf8")).toBe("good\n");
  http.misbehave(null);
  await release();
  expect(readFileSync(liveFile("web/app.conf"), "utf8")).toBe("never arrives\n");
});

describe("a crafted repository", () => {
  test("keeps links as links, and none that leads out reaches the live tree", async () => {
    const crafted = await createRepository(served.path, "links");
    const work = await crafted.work("rev-parse", "--show-toplevel");
    mkdirSync(join(work, "a/b"), { recursive: true });
    symlinkSync("/etc/shadow", join(work, "compose.yaml"));
    symlinkSync("../..", join(work, "a/b/up"));
    symlinkSync("up/../../etc", join(work, "a/b/out"));
    symlinkSync("/", join(work, "app"));
    symlinkSync("real.txt", join(work, "inside"));
    await crafted.commit({ "real.txt": "real\n" }, "Links");
    const stack = stackOf(http.url("links"));
    const result = await checkout(stack);
    expect(readlinkSync(join(result.staging, "compose.yaml"))).toBe("/etc/shadow");
    await rig.source.switchTree(stack, result, [], forever());
    expect(readdirSync(join(stackHome(), "tree")).sort()).toEqual(["a", "inside", "real.txt"]);
    expect(readdirSync(liveFile("a/b"))).toEqual(["up"]);
    expect(readFileSync(liveFile("inside"), "utf8")).toBe("real\n");
  });

  test("runs no filter that its attributes ask for", async () => {
    const crafted = await createRepository(served.path, "filters");
    await crafted.commit({ ".gitattributes": "* filter=evil\n*.txt text eol=lf\n", "a.txt": "plain\n" }, "Filters");
    const result = await checkout(stackOf(http.url("filters")));
    expect(readFileSync(join(result.staging, "a.txt"), "utf8")).toBe("plain\n");
  });

  test.each([".git", ".GIT", "git~1", ".."])("with a folder %s in its tree is refused", async (name) => {
    const crafted = await createRepository(served.path, "dotgit");
    await crafted.commit({ "compose.yaml": "services: {}\n" }, "First");
    const blob = await crafted.git("hash-object", "-w", crafted.path.replace(/\.git$/, ".work/compose.yaml"));
    const inner = await makeTree(crafted.path, `100644 blob ${blob}\tconfig\n`);
    const outer = await makeTree(crafted.path, `040000 tree ${inner}\t${name}\n`);
    await crafted.git("update-ref", "refs/heads/main", await crafted.git("commit-tree", outer, "-m", "Evil"));
    const error = await failureOf(checkout(stackOf(http.url("dotgit"))));
    expect(["WorkerFailed", "GitRefused"]).toContain(error.reason);
    expect(existsSync(join(stackHome(), "config"))).toBe(false);
    rmSync(crafted.path, { recursive: true });
    rmSync(crafted.path.replace(/\.git$/, ".work"), { recursive: true });
  });
});

describe("a limit", () => {
  const MEBIBYTE = 1024 * 1024;
  const noise = (bytes: number) => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes / 2))).toString("hex");

  test("on size stops a large repository and leaves nothing on the disk", async () => {
    const large = await createRepository(served.path, "large");
    await large.commit({ "noise.txt": Array.from({ length: 64 }, () => noise(65_536)).join("\n") }, "Noise");
    const small = await gitRig({ maxBytes: MEBIBYTE });
    const stack = stackOf(http.url("large"));
    const revision = await small.source.head(stack, forever());
    const error = await failureOf(small.source.checkout(stack, revision, forever()));
    expect([error.reason, error.message]).toEqual(["GitRefused", "the repository of shop is larger than 1 MiB"]);
    expect(existsSync(join(small.root, "deployments/shop/mirror.git"))).toBe(false);
    small.remove();
  });

  test("on size lets a mirror that grew over time begin anew", async () => {
    const growing = await createRepository(served.path, "growing");
    const own = await gitRig({ maxBytes: 2 * MEBIBYTE });
    const stack = stackOf(http.url("growing"));
    for (const round of [1, 2, 3]) {
      await growing.commit(
        { "noise.txt": Array.from({ length: 16 }, () => noise(65_536)).join("\n") },
        `Round ${round}`,
      );
      const revision = await own.source.head(stack, forever());
      const result = await own.source.checkout(stack, revision, forever());
      expect(result.info.message).toBe(`Round ${round}`);
      await own.source.discard(stack, result);
    }
    own.remove();
  });

  test("on time ends a fetch that hangs", async () => {
    const hasty = await gitRig({ fetchDeadlineMs: 2000 });
    const stack = stackOf(http.url());
    const revision = await hasty.source.head(stack, forever());
    http.misbehave({ kind: "hang" });
    const error = await failureOf(hasty.source.checkout(stack, revision, forever()));
    expect(error.reason).toBe("GitTimeout");
    hasty.remove();
  });
});

describe("the live tree", () => {
  test("takes new files, loses removed ones and keeps what git does not know", async () => {
    await repository.commit({ "compose.yaml": "a\n", "web/old.conf": "old\n", "web/run.sh": "#!/bin/sh\n" }, "One");
    await release();
    mkdirSync(liveFile("data"));
    writeFileSync(liveFile("data/app.db"), "rows");
    writeFileSync(liveFile("web/cache"), "cached");
    await repository.commit({ "web/old.conf": null, "deep/er/new.conf": "new\n" }, "Two");
    expect(await release()).toEqual([]);
    expect(existsSync(liveFile("web/old.conf"))).toBe(false);
    expect(readFileSync(liveFile("deep/er/new.conf"), "utf8")).toBe("new\n");
    expect(readFileSync(liveFile("data/app.db"), "utf8")).toBe("rows");
    expect(readFileSync(liveFile("web/cache"), "utf8")).toBe("cached");
    expect(statSync(liveFile("deep/er/new.conf")).mode & 0o777).toBe(0o644);
  });

  test("can be read by a container's user, but not by other users of the host", async () => {
    await release();
    expect([stackHome(), join(stackHome(), "tree")].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o755]);
  });

  test("leaves unchanged files alone and replaces changed ones by rename", async () => {
    await repository.commit({ "same.conf": "same\n", "other.conf": "1\n" }, "One");
    await release();
    const before = [statSync(liveFile("same.conf")).ino, statSync(liveFile("other.conf")).ino];
    await repository.commit({ "other.conf": "2\n" }, "Two");
    await release();
    expect(statSync(liveFile("same.conf")).ino).toBe(before[0] ?? 0);
    expect(statSync(liveFile("other.conf")).ino).not.toBe(before[1] ?? 0);
  });

  test("saves a file that was changed by hand before it takes the new one", async () => {
    await repository.commit({ "web/app.conf": "1\n", "web/gone.conf": "1\n" }, "One");
    await release();
    writeFileSync(liveFile("web/app.conf"), "by hand\n");
    writeFileSync(liveFile("web/gone.conf"), "also by hand\n");
    await repository.commit({ "web/app.conf": "2\n", "web/gone.conf": null }, "Two");
    const saved = await release();
    expect(saved.map(({ path }) => path).sort()).toEqual(["web/app.conf", "web/gone.conf"]);
    const contents = saved.map(({ savedAs }) => readFileSync(savedAs, "utf8")).sort();
    expect(contents).toEqual(["also by hand\n", "by hand\n"]);
    expect(readFileSync(liveFile("web/app.conf"), "utf8")).toBe("2\n");
    expect(existsSync(liveFile("web/gone.conf"))).toBe(false);
  });

  test("makes room where a person or a container put something else", async () => {
    await repository.commit({ "compose.yaml": "x\n" }, "One");
    await release();
    mkdirSync(liveFile("empty.conf"));
    mkdirSync(liveFile("full.conf"));
    writeFileSync(liveFile("full.conf/data"), "kept");
    writeFileSync(liveFile("folder"), "a file");
    await repository.commit({ "empty.conf": "1\n", "full.conf": "1\n", "folder/in.conf": "1\n" }, "Two");
    const saved = await release();
    expect(saved.map(({ path }) => path).sort()).toEqual(["folder", "full.conf"]);
    for (const path of ["empty.conf", "full.conf", "folder/in.conf"]) {
      expect(readFileSync(liveFile(path), "utf8")).toBe("1\n");
    }
  });

  test("never writes through a link that somebody put in its place", async () => {
    await repository.commit({ "web/app.conf": "1\n", "top.conf": "1\n" }, "One");
    await release();
    const outside = join(rig.directory.path, "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "victim"), "untouched");
    rmSync(liveFile("web"), { recursive: true });
    symlinkSync(outside, liveFile("web"));
    rmSync(liveFile("top.conf"));
    symlinkSync(join(outside, "victim"), liveFile("top.conf"));
    await repository.commit({ "web/app.conf": "2\n", "top.conf": "2\n" }, "Two");
    await release();
    expect(readdirSync(outside)).toEqual(["victim"]);
    expect(readFileSync(join(outside, "victim"), "utf8")).toBe("untouched");
    expect(lstatSync(liveFile("web")).isDirectory()).toBe(true);
    expect(readFileSync(liveFile("web/app.conf"), "utf8")).toBe("2\n");
  });

  test("goes back to an older commit the same way", async () => {
    const first = await repository.commit({ "web/app.conf": "first\n" }, "One");
    await release();
    await repository.commit({ "web/app.conf": "second\n", "web/added.conf": "x\n" }, "Two");
    await release();
    expect(await release(stackOf(http.url(), { ref: first }))).toEqual([]);
    expect(readFileSync(liveFile("web/app.conf"), "utf8")).toBe("first\n");
    expect(existsSync(liveFile("web/added.conf"))).toBe(false);
  });
});

test("workers run as nobody, and only the fetch has a network", async () => {
  await checkout();
  expect(rig.runner.jobs.map((job) => [job.name, job.network])).toEqual([
    ["fetch shop", true],
    ["read commit of shop", false],
    ["checkout shop", false],
  ]);
  expect(rig.runner.jobs.every((job) => !job.user.startsWith("0:"))).toBe(true);
});

function listBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Names and contents of all files, for a search. */
function filesBelow(directory: string): string {
  return listBelow(directory)
    .map((path) => `${path}\n${readFileSync(path, "latin1")}`)
    .join("\n");
}

async function makeTree(repositoryPath: string, lines: string): Promise<string> {
  const child = Bun.spawn(["git", "mktree"], { cwd: repositoryPath, stdin: Buffer.from(lines), stdout: "pipe" });
  return (await new Response(child.stdout).text()).trim();
}
