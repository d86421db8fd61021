import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { findGit } from "../../src/demo/git-command.ts";
import { startGitServer } from "../../src/demo/git-server.ts";
import { sampleFiles } from "../../src/demo/sample-files.ts";
import { ensureSampleRepository } from "../../src/demo/sample-repository.ts";
import { command, output } from "../support/command.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const files = sampleFiles("busybox", 7_480);
const never = new AbortController().signal;

async function servedSample() {
  const directory = temporaryDirectory("demo");
  const repository = `${directory.path}/sample.git`;
  const git = findGit(process.env["PATH"] ?? "");
  await ensureSampleRepository(repository, files, git, never);
  const server = startGitServer(repository, 0, git);
  const url = `http://127.0.0.1:${server.port}/sample.git`;
  const end = async (): Promise<void> => {
    await server.stop();
    directory.remove();
  };
  return { directory: directory.path, repository, url, port: server.port, git, [Symbol.asyncDispose]: end };
}

async function clone(repository: string, target: string): Promise<void> {
  await output(["git", "clone", "-q", "-c", "user.name=Me", "-c", "user.email=me@localhost", repository, target]);
}

describe("the sample repository", () => {
  test("is one commit on main with a Compose file", async () => {
    await using sample = await servedSample();
    expect(await output(["git", "-C", sample.repository, "symbolic-ref", "HEAD"])).toBe("refs/heads/main");
    const files = await output(["git", "-C", sample.repository, "ls-tree", "-r", "--name-only", "main"]);
    expect(files.split("\n")).toEqual([
      "README.md",
      "compose.yaml",
      "page/index.html",
      "page/serve.sh",
      "visitor/visit.sh",
    ]);
    expect(await output(["git", "-C", sample.repository, "log", "--format=%an: %s", "main"])).toBe(
      "Tallyman: Begin with a page and a visitor",
    );
  });

  test("is the same commit wherever it is made", async () => {
    await using one = await servedSample();
    await using other = await servedSample();
    const head = (path: string) => output(["git", "-C", path, "rev-parse", "main"]);
    expect(await head(one.repository)).toBe(await head(other.repository));
  });

  test("takes a push, and keeps it when the demo starts again", async () => {
    await using sample = await servedSample();
    const work = `${sample.directory}/work`;
    await clone(sample.repository, work);
    await Bun.write(`${work}/README.md`, "changed\n");
    await output(["git", "-C", work, "commit", "-qam", "Change the words"]);
    await output(["git", "-C", work, "push", "-q"]);
    const made = await ensureSampleRepository(sample.repository, files, sample.git, never);
    expect(made).toBe(false);
    expect(await output(["git", "-C", sample.repository, "log", "-1", "--format=%s", "main"])).toBe("Change the words");
  });

  test("replaces what an interrupted start left behind", async () => {
    using directory = temporaryDirectory("demo");
    const repository = `${directory.path}/sample.git`;
    await Bun.write(`${repository}.unfinished/HEAD`, "ref: refs/heads/elsewhere\n");
    await ensureSampleRepository(repository, files, findGit(process.env["PATH"] ?? ""), never);
    expect(await output(["git", "-C", repository, "rev-parse", "--verify", "-q", "main"])).toMatch(/^[0-9a-f]{40}$/);
    expect(existsSync(`${repository}.unfinished`)).toBe(false);
  });

  test("says what is missing on a host without git", () => {
    expect(() => findGit("/nonexistent")).toThrow("git is not installed");
  });
});

describe("the demo's git server", () => {
  for (const version of ["0", "1", "2"]) {
    test(`answers ls-remote and clone with protocol ${version}`, async () => {
      await using sample = await servedSample();
      const git = ["git", "-c", `protocol.version=${version}`];
      const head = await output(["git", "-C", sample.repository, "rev-parse", "main"]);
      expect(await output([...git, "ls-remote", sample.url, "refs/heads/main"])).toBe(`${head}\trefs/heads/main`);
      await output([...git, "clone", "-q", "--depth=1", sample.url, `${sample.directory}/clone`]);
      expect(await output(["git", "-C", `${sample.directory}/clone`, "rev-parse", "HEAD"])).toBe(head);
    });

    test(`gives out a commit asked for by its id with protocol ${version}`, async () => {
      await using sample = await servedSample();
      const work = `${sample.directory}/work`;
      const head = await output(["git", "-C", sample.repository, "rev-parse", "main"]);
      await clone(sample.repository, work);
      await output(["git", "-C", work, "commit", "-q", "--allow-empty", "-m", "Later"]);
      await output(["git", "-C", work, "push", "-q"]);
      const target = `${sample.directory}/target`;
      await output(["git", "init", "-q", target]);
      await output([
        "git",
        "-C",
        target,
        "-c",
        `protocol.version=${version}`,
        "fetch",
        "-q",
        "--depth=1",
        sample.url,
        head,
      ]);
      expect(await output(["git", "-C", target, "rev-parse", "FETCH_HEAD"])).toBe(head);
    });
  }

  test("takes no push", async () => {
    await using sample = await servedSample();
    const work = `${sample.directory}/work`;
    await clone(sample.url, work);
    await output(["git", "-C", work, "commit", "-q", "--allow-empty", "-m", "No"]);
    const pushed = await command(["git", "-C", work, "push", "-q"], { env: { GIT_TERMINAL_PROMPT: "0" } });
    expect(pushed.code).not.toBe(0);
    expect(pushed.stderr).toContain("403");
  });

  test("knows no other path, method, service or content type", async () => {
    await using sample = await servedSample();
    const base = `http://127.0.0.1:${sample.port}`;
    const status = async (path: string, init: RequestInit = {}) => (await fetch(base + path, init)).status;
    expect(await status("/")).toBe(404);
    expect(await status("/sample.git/HEAD")).toBe(404);
    expect(await status("/sample.git/%2e%2e/info/refs?service=git-upload-pack")).toBe(404);
    expect(await status("/sample.git/info/refs")).toBe(403);
    expect(await status("/sample.git/info/refs?service=git-receive-pack")).toBe(403);
    expect(await status("/sample.git/git-receive-pack", { method: "POST", body: "0000" })).toBe(403);
    expect(await status("/sample.git/git-upload-pack")).toBe(404);
    expect(await status("/sample.git/git-upload-pack", { method: "POST", body: "0000" })).toBe(415);
  });

  test("refuses a body that is too large, also when it comes small in gzip", async () => {
    await using sample = await servedSample();
    const large = new Uint8Array(4 * 1_048_576);
    const send = async (body: Uint8Array<ArrayBuffer>, headers: Record<string, string>) =>
      fetch(`${sample.url}/git-upload-pack`, {
        method: "POST",
        body,
        headers: { "content-type": "application/x-git-upload-pack-request", ...headers },
      }).then((answer) => answer.status);
    expect(await send(large, {})).toBe(413);
    expect(await send(new Uint8Array(gzipSync(large)), { "content-encoding": "gzip" })).toBe(413);
  });

  test("says which port is taken", async () => {
    await using sample = await servedSample();
    expect(() => startGitServer(sample.repository, sample.port, sample.git)).toThrow(`127.0.0.1:${sample.port}`);
  });
});
