import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { extract } from "tar-stream";
import { readContext } from "../../src/docker/build-context.ts";
import { contextDigest, contextTar } from "../../src/docker/build-tar.ts";
import { buildTrees } from "../../src/docker/build-trees.ts";
import type { Build } from "../../src/project.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const signal = new AbortController().signal;

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const contextOf = (context: string, build: Partial<Build> = {}) =>
  readContext({ serviceName: "web", build: { context, ...build }, placeOf: (path) => path }, signal);

async function sentFrom(context: string, build: Partial<Build> = {}): Promise<Readonly<Record<string, string>>> {
  const archive = extract();
  contextTar(await contextOf(context, build), signal).pipe(archive);
  const found: Record<string, string> = {};
  for await (const entry of archive) {
    const { name, type, linkname, uid, gid } = entry.header;
    const text = Buffer.concat(await Array.fromAsync(entry as AsyncIterable<Buffer>)).toString();
    found[name] = type === "symlink" ? `→${linkname}` : type === "directory" ? "/" : text;
    expect([uid, gid]).toEqual([0, 0]);
  }
  return found;
}

const digestOf = async (context: string, asked: unknown = {}) =>
  await contextDigest(await contextOf(context), asked, signal);

describe("what a build is sent", () => {
  test("are files, directories and links as links, in the order of their names", async () => {
    using root = temporaryDirectory();
    write(root.path, { Dockerfile: "FROM a", "b/c": "1" });
    symlinkSync("/etc/shadow", join(root.path, "b/out"));
    symlinkSync("/etc", join(root.path, "etc"));
    const sent = await sentFrom(root.path);
    expect(sent).toEqual({ Dockerfile: "FROM a", b: "/", "b/c": "1", "b/out": "→/etc/shadow", etc: "→/etc" });
  });
  test("holds the Dockerfile also where it is ignored, with the directories on its way", async () => {
    using root = temporaryDirectory();
    write(root.path, { "d/e/Dockerfile": "FROM a", "d/x": "", y: "", ".dockerignore": "*" });
    expect(Object.keys(await sentFrom(root.path, { dockerfile: "d/e/Dockerfile" }))).toEqual([
      "d",
      "d/e",
      "d/e/Dockerfile",
    ]);
  });
  test("does not hold an inline Dockerfile, which is fetched from beside it", async () => {
    using root = temporaryDirectory();
    write(root.path, { a: "1", Dockerfile: "FROM another" });
    const inline = { dockerfile_inline: "FROM scratch" };
    expect(await sentFrom(root.path, inline)).toEqual({ a: "1", Dockerfile: "FROM another" });
    const { context, dockerfile } = buildTrees(await contextOf(root.path, inline), () => undefined);
    expect(context.entries.map(({ path }) => path)).toEqual(["Dockerfile", "a"]);
    expect(dockerfile.entries).toMatchObject([{ kind: "file", path: "Dockerfile", size: 12 }]);
  });
  test("is told of a Dockerfile in the context by itself, unless it is a link", async () => {
    using root = temporaryDirectory();
    write(root.path, { a: "1", "d/Dockerfile": "FROM a", "d/x": "", "e/Dockerfile": "" });
    symlinkSync("d/Dockerfile", join(root.path, "link"));
    const told = async (dockerfile: string) =>
      buildTrees(await contextOf(root.path, { dockerfile }), () => undefined).dockerfile.entries.map(
        ({ path }) => path,
      );
    expect(await told("d/Dockerfile")).toEqual(["d", "d/Dockerfile"]);
    expect(await told("link")).toEqual(["a", "d", "d/Dockerfile", "d/x", "e", "e/Dockerfile", "link"]);
  });
  test("is refused where the Dockerfile's own path may not be read", async () => {
    using root = temporaryDirectory();
    write(root.path, { a: "" });
    const placeOf = (path: string): string => {
      if (!path.startsWith(root.path)) throw new Error(`${path} leaves the repository`);
      return path;
    };
    const build = { context: root.path, dockerfile: "../../etc/passwd" };
    const refusal = await readContext({ serviceName: "web", build, placeOf }, signal).catch(
      (thrown: unknown) => thrown,
    );
    expect(String(refusal)).toContain("leaves the repository");
  });
});

describe("the digest", () => {
  test("is the same for the same files at another time and place", async () => {
    using one = temporaryDirectory();
    using two = temporaryDirectory();
    for (const { path } of [one, two]) write(path, { Dockerfile: "FROM a", "b/c": "1" });
    utimesSync(join(two.path, "b/c"), 1, 1);
    expect(await digestOf(two.path)).toBe(await digestOf(one.path));
  });
  test("changes with content, name, mode, link target and what is asked for", async () => {
    using root = temporaryDirectory();
    write(root.path, { Dockerfile: "FROM a", b: "1" });
    const seen = new Set([await digestOf(root.path), await digestOf(root.path, { target: "x" })]);
    write(root.path, { b: "2" });
    seen.add(await digestOf(root.path));
    chmodSync(join(root.path, "b"), 0o755);
    seen.add(await digestOf(root.path));
    symlinkSync("b", join(root.path, "l"));
    seen.add(await digestOf(root.path));
    write(root.path, { c: "" });
    seen.add(await digestOf(root.path));
    expect(seen.size).toBe(6);
  });
  test("changes with the text of an inline Dockerfile", async () => {
    using root = temporaryDirectory();
    const digests = ["FROM a", "FROM b"].map(async (dockerfile_inline) =>
      contextDigest(await contextOf(root.path, { dockerfile_inline }), {}, signal),
    );
    expect(new Set(await Promise.all(digests)).size).toBe(2);
  });
  test("does not change with what is ignored", async () => {
    using root = temporaryDirectory();
    write(root.path, { Dockerfile: "FROM a", ".dockerignore": "n" });
    const before = await digestOf(root.path);
    write(root.path, { "n/a": "1" });
    expect(await digestOf(root.path)).toBe(before);
  });
});
