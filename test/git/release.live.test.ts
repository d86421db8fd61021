import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "../../src/stack.ts";
import { type GitHttpServer, serveGitOverHttp } from "../support/git-http.ts";
import { createRepository, type TestRepository } from "../support/repository.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { failureOf, forever, type GitRig, gitRig, stackOf } from "./git-rig.ts";

setDefaultTimeout(120_000);

const served = temporaryDirectory("served");
let repository: TestRepository;
let http: GitHttpServer;
let rig: GitRig;

beforeAll(async () => {
  repository = await createRepository(served.path);
  await repository.commit({ "compose.yaml": "services: {}\n", "web/app.conf": "one\n" }, "First");
  http = await serveGitOverHttp({ root: served.path });
});

beforeEach(async () => {
  rig = await gitRig();
});

afterEach(() => {
  http.misbehave(null);
  http.forgetRequests();
  rig.remove();
});

afterAll(async () => {
  await http.stop();
  served.remove();
});

const home = (path: string) => join(rig.root, "deployments/shop", path);

async function checkout(stack: Stack = stackOf(http.url())) {
  return rig.source.checkout(stack, await rig.source.head(stack, forever()), forever());
}

describe("a kept release", () => {
  test("comes back without remote, credential, mirror or worker, and outlives its discard", async () => {
    const stack = stackOf(http.url());
    const first = await checkout(stack);
    const digests = await first.digests();
    await rig.source.keep(stack, first);
    await rig.source.discard(stack, first);
    expect(readdirSync(home("staging"))).toEqual([]);
    await Bun.$`rm -r ${home("mirror.git")}`.quiet();
    http.forgetRequests();
    rig.runner.forget();
    const locked = { ...stack, credential: "https-token" } as const;
    const { commit } = first.info;
    const back = await rig.source.checkout(locked, { commit, ref: "refs/heads/main" }, forever());
    expect([rig.runner.jobs, http.requests]).toEqual([[], []]);
    expect(back.info).toEqual(first.info);
    expect(await back.digests()).toEqual(digests);
    await rig.source.switchTree(locked, back, [], forever());
    expect(readFileSync(home("tree/web/app.conf"), "utf8")).toBe("one\n");
    await rig.source.discard(locked, back);
    expect(existsSync(back.staging)).toBe(true);
  });

  test("that is damaged is fetched as usual", async () => {
    const stack = stackOf(http.url());
    const first = await checkout(stack);
    await rig.source.keep(stack, first);
    writeFileSync(home(`releases/${first.info.commit}/tree/web/app.conf`), "rotten\n");
    const again = await checkout(stack);
    expect(readFileSync(join(again.staging, "web/app.conf"), "utf8")).toBe("one\n");
    expect(again.staging.startsWith(home("staging/"))).toBe(true);
  });

  test("goes when it is not among those that stay", async () => {
    const stack = stackOf(http.url());
    const first = await checkout(stack);
    await rig.source.keep(stack, first);
    await rig.source.keepOnly(stack, [first.info.commit]);
    expect(readdirSync(home("releases"))).toEqual([first.info.commit]);
    await rig.source.keepOnly(stack, []);
    expect(readdirSync(home("releases"))).toEqual([]);
  });
});

test("a commit that was pushed away comes out of the mirror, without remote and credential", async () => {
  const stack = stackOf(http.url());
  const lost = await repository.commit({ "web/app.conf": "lost\n" }, "Lost");
  await rig.source.discard(stack, await checkout(stack));
  await repository.work("reset", "--quiet", "--hard", "HEAD~1");
  await repository.work("push", "--quiet", "--force", "origin", "main");
  await repository.git("reflog", "expire", "--expire=now", "--all");
  await repository.git("gc", "--quiet", "--prune=now");
  expect((await failureOf(repositoryHas(lost))).message).toContain("no longer has the wanted commit");
  http.forgetRequests();
  rig.runner.forget();
  const locked = { ...stack, credential: "https-token" } as const;
  const back = await rig.source.checkout(locked, { commit: lost, ref: "refs/heads/main" }, forever());
  expect(readFileSync(join(back.staging, "web/app.conf"), "utf8")).toBe("lost\n");
  expect([http.requests, rig.runner.jobs.filter((job) => job.network)]).toEqual([[], []]);
});

/** Whether another stack, without a mirror, gets the commit. */
function repositoryHas(commit: string) {
  return rig.source.checkout(stackOf(http.url(), { name: "other" }), { commit, ref: "HEAD" }, forever());
}

test("a stack's own folders are there before its first pass, and shared ones too", async () => {
  await checkout();
  const folders = [home("data"), home("logs"), join(rig.root, "shared")];
  expect(folders.map((path) => statSync(path).isDirectory())).toEqual([true, true, true]);
});

describe("an adopted project's folder", () => {
  test("becomes the live tree, and only what git holds is written", async () => {
    const adopted = join(rig.directory.path, "srv/shop");
    mkdirSync(join(adopted, "data"), { recursive: true });
    writeFileSync(join(adopted, "compose.yaml"), "services: {}\n");
    writeFileSync(join(adopted, "data/app.db"), "rows");
    const same = statSync(join(adopted, "compose.yaml")).ino;
    const stack = stackOf(http.url(), { liveTree: adopted });
    const result = await checkout(stack);
    expect(result.live).toBe(adopted);
    expect(await rig.source.switchTree(stack, result, [], forever())).toEqual([]);
    expect(readFileSync(join(adopted, "web/app.conf"), "utf8")).toBe("one\n");
    expect(readFileSync(join(adopted, "data/app.db"), "utf8")).toBe("rows");
    expect(statSync(join(adopted, "compose.yaml")).ino).toBe(same);
    expect([existsSync(home("tree")), existsSync(home("tree.manifest.json"))]).toEqual([false, true]);
  });

  test("that is a system folder or away is refused before anything is fetched", async () => {
    for (const [liveTree, reason] of [
      ["/etc/shop", "InvalidInput"],
      [join(rig.directory.path, "away"), "WorkerFailed"],
    ] as const) {
      expect((await failureOf(checkout(stackOf(http.url(), { liveTree })))).reason).toBe(reason);
    }
    expect(rig.runner.jobs).toEqual([]);
  });
});
