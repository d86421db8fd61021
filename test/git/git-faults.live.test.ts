import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "../../src/stack.ts";
import { output } from "../support/command.ts";
import { type GitHttpServer, serveGitOverHttp } from "../support/git-http.ts";
import { createRepository } from "../support/repository.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { failureOf, forever, type GitRig, gitRig, stackOf } from "./git-rig.ts";

setDefaultTimeout(120_000);

const served = temporaryDirectory("faulty");
let http: GitHttpServer;
let rig: GitRig;

beforeAll(async () => {
  http = await serveGitOverHttp({ root: served.path });
});

beforeEach(async () => {
  rig = await gitRig();
});

afterEach(() => {
  http.forgetRequests();
  rig.remove();
});

afterAll(async () => {
  await http.stop();
  served.remove();
});

const live = (path: string) => join(rig.root, "deployments/shop/tree", path);
const head = async (stack: Stack) => (await rig.source.head(stack, forever())).commit;

async function checkout(stack: Stack) {
  return rig.source.checkout(stack, await rig.source.head(stack, forever()), forever());
}

async function release(stack: Stack) {
  const result = await checkout(stack);
  await rig.source.switchTree(stack, result, [], forever());
  await rig.source.discard(stack, result);
}

describe("a remote that changes its mind", () => {
  test("about a tag leads to the tag's new commit", async () => {
    const repository = await createRepository(served.path, "tags");
    const stack = stackOf(http.url("tags"), { ref: "v1" });
    for (const [content, message] of [
      ["one\n", "One"],
      ["two\n", "Two"],
    ] as const) {
      const commit = await repository.commit({ "app.conf": content }, message);
      await repository.work("tag", "--force", "-a", "v1", "-m", message);
      await repository.work("push", "--quiet", "--force", "origin", "v1");
      expect(await head(stack)).toBe(commit);
      await release(stack);
      expect(readFileSync(live("app.conf"), "utf8")).toBe(content);
    }
  });

  test("about a branch's name says what there is now, and leaves the live tree", async () => {
    const repository = await createRepository(served.path, "renamed");
    const stack = stackOf(http.url("renamed"), { ref: "master" });
    await repository.commit({ "app.conf": "one\n" }, "One", { branch: "master" });
    await release(stack);
    await repository.git("branch", "-m", "master", "trunk");
    const error = await failureOf(head(stack));
    expect([error.reason, error.hint]).toEqual(["GitRefMissing", "Nearest branches: trunk."]);
    expect(readFileSync(live("app.conf"), "utf8")).toBe("one\n");
  });

  test("back to an older commit goes there without a fetch", async () => {
    const repository = await createRepository(served.path, "older");
    const stack = stackOf(http.url("older"));
    const first = await repository.commit({ "app.conf": "one\n" }, "One");
    await release(stack);
    await repository.commit({ "app.conf": "two\n", "more.conf": "x\n" }, "Two");
    await release(stack);
    await repository.git("update-ref", "refs/heads/main", first);
    rig.runner.forget();
    expect(await head(stack)).toBe(first);
    await release(stack);
    expect(rig.runner.jobs.filter((job) => job.network)).toEqual([]);
    expect(readdirSync(live(""))).toEqual(["app.conf"]);
    expect(readFileSync(live("app.conf"), "utf8")).toBe("one\n");
  });

  test("and has no Compose file any more is no fault of git: the tree just lacks it", async () => {
    const repository = await createRepository(served.path, "emptied");
    const stack = stackOf(http.url("emptied"));
    await repository.commit({ "compose.yaml": "services: {}\n" }, "One");
    await repository.commit({ "compose.yaml": null }, "Nothing left");
    expect((await (await checkout(stack)).digests()).size).toBe(0);
  });

  test("among ten thousand branches is asked for one of them", async () => {
    const repository = await createRepository(served.path, "many");
    const commit = await repository.commit({ "app.conf": "one\n" }, "One");
    const lines = Array.from({ length: 10_000 }, (_, number) => `create refs/heads/branch-${number} ${commit}\n`);
    await Bun.write(join(served.path, "refs.txt"), lines.join(""));
    await output(["sh", "-c", `git update-ref --stdin < ${served.path}/refs.txt && git pack-refs --all`], {
      cwd: repository.path,
    });
    expect(await head(stackOf(http.url("many"), { ref: "branch-7777" }))).toBe(commit);
    const error = await failureOf(head(stackOf(http.url("many"), { ref: "branch-x" })));
    expect([error.reason, error.hint]).toEqual([
      "GitRefMissing",
      "Nearest branches: branch-0, branch-1, branch-2, branch-10, branch-11.",
    ]);
  });
});

describe("a tree that not every file system takes", () => {
  test("has submodules, private or looping: they stay empty and are told, and nobody is asked for them", async () => {
    const repository = await createRepository(served.path, "modules");
    const commit = await repository.commit(
      {
        "compose.yaml": "services: {}\n",
        ".gitmodules": [
          '[submodule "private"]\n\tpath = private\n\turl = http://127.0.0.1:1/private.git\n',
          '[submodule "self"]\n\tpath = web/self\n\turl = ./\n',
        ].join(""),
      },
      "Modules",
    );
    for (const path of ["private", "web/self", "gone"])
      await repository.work("update-index", "--add", "--cacheinfo", `160000,${commit},${path}`);
    await repository.work("commit", "--quiet", "-m", "Add modules");
    await repository.work("push", "--quiet", "origin", "main");
    const result = await checkout(stackOf(http.url("modules")));
    expect([...(await result.digests()).keys()].sort()).toEqual([".gitmodules", "compose.yaml"]);
    expect([...((await result.unusable?.()) ?? [])]).toEqual([
      ["private", "submodule"],
      ["web/self", "submodule"],
    ]);
    expect(http.requests.every(({ target }) => target.startsWith("/modules.git/"))).toBe(true);
  });

  test("has a submodule whose name leads out: git refuses it, and says so once", async () => {
    const repository = await createRepository(served.path, "evil");
    await repository.commit({ ".gitmodules": '[submodule "../../x"]\n\tpath = x\n\turl = ../x\n' }, "Evil");
    const error = await failureOf(checkout(stackOf(http.url("evil"))));
    expect(error.reason).toBe("GitRefused");
    expect(error.message).toContain("disallowed submodule name");
    expect(rig.runner.jobs).toHaveLength(1);
  });

  test("has a Git LFS pointer where a config belongs: it is told as of no use", async () => {
    const repository = await createRepository(served.path, "lfs");
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 9\n`;
    await repository.commit({ ".gitattributes": "*.conf filter=lfs\n", "app.conf": pointer }, "Pointer");
    const { unusable } = await checkout(stackOf(http.url("lfs")));
    expect([...((await unusable?.()) ?? new Map()).keys()]).toEqual(["app.conf"]);
  });

  test("has names that differ in case alone, line ends of Windows and a name that is no UTF-8", async () => {
    const repository = await createRepository(served.path, "names");
    const stack = stackOf(http.url("names"));
    await repository.commit({ "App.conf": "upper\r\n", "app.conf": "lower\n", "Web/a": "1", "web/a": "2" }, "Case");
    const work = await repository.work("rev-parse", "--show-toplevel");
    await output(["sh", "-c", `printf odd > "$(printf 'caf\\351')"`], { cwd: work });
    await repository.commit({}, "Odd");
    await release(stack);
    expect(["App.conf", "app.conf", "Web/a", "web/a"].map((path) => readFileSync(live(path), "utf8"))).toEqual([
      "upper\r\n",
      "lower\n",
      "1",
      "2",
    ]);
    expect(readdirSync(live("")).sort()).toEqual(["App.conf", "Web", "app.conf", "web"]);
  });

  test("changes a mode alone: the file changes its digest and its mode", async () => {
    const repository = await createRepository(served.path, "modes");
    const stack = stackOf(http.url("modes"));
    await repository.commit({ "run.sh": "#!/bin/sh\n" }, "One");
    const before = await (await checkout(stack)).digests();
    await release(stack);
    chmodSync(join(await repository.work("rev-parse", "--show-toplevel"), "run.sh"), 0o755);
    await repository.commit({}, "Executable");
    const after = await (await checkout(stack)).digests();
    await release(stack);
    expect(before.get("run.sh")).not.toBe(after.get("run.sh") ?? "");
    expect(statSync(live("run.sh")).mode & 0o777).toBe(0o755);
  });
});
