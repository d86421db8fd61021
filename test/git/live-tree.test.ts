import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { switchLiveTree } from "../../src/git/live-tree.ts";
import { readManifest, writeManifest } from "../../src/git/tree-manifest.ts";
import { readTree } from "../../src/git/tree-reader.ts";
import { output } from "../support/command.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary.ts";

let directory: TemporaryDirectory;

beforeEach(() => {
  directory = temporaryDirectory("live-tree");
});
afterEach(() => directory.remove());

const at = (path: string) => join(directory.path, path);
const live = () => ({ tree: at("tree"), manifest: at("manifest.json"), conflicts: at("conflicts") });

function checkout(files: Readonly<Record<string, string>>): string {
  const staging = at(`staging-${crypto.randomUUID()}`);
  mkdirSync(staging);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(staging, path)), { recursive: true });
    writeFileSync(join(staging, path), content);
  }
  return staging;
}

test("what an interrupted switch had already written is not taken for a person's change", async () => {
  const [first, second] = [checkout({ a: "1", b: "1", c: "1" }), checkout({ a: "2", b: "2", d: "2" })];
  await switchLiveTree(live(), first);
  const manifest = await readManifest(at("manifest.json"), at("tree"));
  await writeManifest(at("manifest.json"), { ...manifest, incoming: (await readTree(second)).entries });
  writeFileSync(at("tree/a"), "2");
  writeFileSync(at("tree/d"), "2");
  rmSync(at("tree/c"));
  writeFileSync(at("tree/.tallyman-incoming"), "half of b");
  expect(await switchLiveTree(live(), first)).toEqual([]);
  expect(readdirSync(at("tree")).sort()).toEqual(["a", "b", "c"]);
  expect(readFileSync(at("tree/a"), "utf8")).toBe("1");
});

test("without a manifest what differs is saved, what equals is left alone", async () => {
  mkdirSync(at("tree"));
  writeFileSync(at("tree/same"), "same");
  writeFileSync(at("tree/other"), "mine");
  writeFileSync(at("manifest.json"), "{ rubbish");
  const before = statSync(at("tree/same")).ino;
  const saved = await switchLiveTree(live(), checkout({ same: "same", other: "theirs" }));
  expect(saved).toEqual([{ path: "other", savedAs: at("conflicts/other") }]);
  expect(readFileSync(at("conflicts/other"), "utf8")).toBe("mine");
  expect(statSync(at("tree/same")).ino).toBe(before);
});

test("file names that mean something to JavaScript are names like others", async () => {
  await switchLiveTree(live(), checkout({ __proto__x: "1", constructor: "1" }));
  const odd = checkout({});
  writeFileSync(join(odd, "__proto__"), "1");
  await switchLiveTree(live(), odd);
  expect(readdirSync(at("tree"))).toEqual(["__proto__"]);
  await switchLiveTree(live(), checkout({ a: "1" }));
  expect(readdirSync(at("tree"))).toEqual(["a"]);
});

test("two conflicts at the same moment, as after a jump of the clock, are both kept", async () => {
  for (const [mine, theirs] of [
    ["mine", "1"],
    ["mine too", "2"],
  ] as const) {
    mkdirSync(at("tree"), { recursive: true });
    writeFileSync(at("tree/app.conf"), mine);
    await switchLiveTree(live(), checkout({ "app.conf": theirs }));
  }
  const kept = readdirSync(at("conflicts")).map((name) => readFileSync(at(`conflicts/${name}`), "utf8"));
  expect(kept.sort()).toEqual(["mine", "mine too"]);
});

test("a pipe in the way is moved to the conflicts, unread", async () => {
  mkdirSync(at("tree"));
  await output(["mkfifo", at("tree/app.conf")]);
  await switchLiveTree(live(), checkout({ "app.conf": "1" }));
  expect(readFileSync(at("tree/app.conf"), "utf8")).toBe("1");
  expect(statSync(at("conflicts/app.conf")).isFIFO()).toBe(true);
});

test("a file becomes a folder, and a folder a file", async () => {
  await switchLiveTree(live(), checkout({ a: "file", "b/c/d": "deep" }));
  expect(await switchLiveTree(live(), checkout({ "a/x": "deep", b: "file" }))).toEqual([]);
  expect(readFileSync(at("tree/a/x"), "utf8")).toBe("deep");
  expect(readFileSync(at("tree/b"), "utf8")).toBe("file");
  expect(existsSync(at("conflicts"))).toBe(false);
});

test("links inside the tree are kept and replaced as links", async () => {
  const first = checkout({ one: "1", two: "2" });
  symlinkSync("one", join(first, "current"));
  const second = checkout({ one: "1", two: "2" });
  symlinkSync("two", join(second, "current"));
  await switchLiveTree(live(), first);
  expect(readFileSync(at("tree/current"), "utf8")).toBe("1");
  await switchLiveTree(live(), second);
  expect(readFileSync(at("tree/current"), "utf8")).toBe("2");
  expect(readFileSync(at("tree/one"), "utf8")).toBe("1");
});

test("the umask of the daemon does not reach the files", async () => {
  const before = process.umask(0o077);
  try {
    const staging = checkout({ "sub/app.conf": "1", "run.sh": "#!/bin/sh\n" });
    await output(["chmod", "700", join(staging, "run.sh")]);
    await switchLiveTree(live(), staging);
  } finally {
    process.umask(before);
  }
  const modes = ["tree", "tree/sub", "tree/sub/app.conf", "tree/run.sh"].map((path) => statSync(at(path)).mode & 0o777);
  expect(modes).toEqual([0o755, 0o755, 0o644, 0o755]);
});

describe("a file that a container mounts by itself", () => {
  const switched = (files: Readonly<Record<string, string>>, inPlace = ["app.conf"]) =>
    switchLiveTree(live(), checkout(files), inPlace);

  test("keeps its inode and holds exactly the new content", async () => {
    await switched({ "app.conf": "a long first content\n", other: "1" });
    const [mounted, other] = [statSync(at("tree/app.conf")).ino, statSync(at("tree/other")).ino];
    expect(await switched({ "app.conf": "short\n", other: "2" })).toEqual([]);
    expect(readFileSync(at("tree/app.conf"), "utf8")).toBe("short\n");
    expect([statSync(at("tree/app.conf")).ino === mounted, statSync(at("tree/other")).ino === other]).toEqual([
      true,
      false,
    ]);
  });

  test("and was changed by hand is saved as a file of its own first", async () => {
    await switched({ "app.conf": "1" });
    writeFileSync(at("tree/app.conf"), "by hand");
    expect(await switched({ "app.conf": "2" })).toEqual([{ path: "app.conf", savedAs: at("conflicts/app.conf") }]);
    expect(readFileSync(at("conflicts/app.conf"), "utf8")).toBe("by hand");
    expect(readFileSync(at("tree/app.conf"), "utf8")).toBe("2");
  });

  test("and was half written when the process ended is no person's change", async () => {
    await switched({ "app.conf": "1111" });
    const manifest = await readManifest(at("manifest.json"), at("tree"));
    await writeManifest(at("manifest.json"), { ...manifest, overwriting: ["app.conf"] });
    writeFileSync(at("tree/app.conf"), "2211");
    expect(await switched({ "app.conf": "2222" })).toEqual([]);
    expect(readFileSync(at("tree/app.conf"), "utf8")).toBe("2222");
    writeFileSync(at("tree/app.conf"), "by hand");
    expect(await switched({ "app.conf": "3333" })).toHaveLength(1);
  });

  test("is replaced when something else stands there, and a link there is not followed", async () => {
    await switched({ "app.conf": "1" });
    writeFileSync(at("victim"), "untouched");
    rmSync(at("tree/app.conf"));
    symlinkSync(at("victim"), at("tree/app.conf"));
    await switched({ "app.conf": "2" });
    expect(readFileSync(at("victim"), "utf8")).toBe("untouched");
    expect(readFileSync(at("tree/app.conf"), "utf8")).toBe("2");
  });

  test("is large", async () => {
    const [long, longer] = ["x".repeat(700_000), "y".repeat(900_001)];
    await switched({ "app.conf": longer });
    await switched({ "app.conf": long });
    expect(readFileSync(at("tree/app.conf"), "utf8") === long).toBe(true);
  });
});

describe("a folder that was there before Tallyman", () => {
  test("gives up equal files silently, saves others and keeps what git does not know", async () => {
    mkdirSync(at("tree/data"), { recursive: true, mode: 0o750 });
    writeFileSync(at("tree/same"), "same");
    writeFileSync(at("tree/changed"), "mine");
    writeFileSync(at("tree/data/app.db"), "rows");
    writeFileSync(at("tree/.env"), "SECRET=1");
    const before = [at("tree"), at("tree/data")].map((path) => statSync(path).mode);
    const saved = await switchLiveTree(live(), checkout({ same: "same", changed: "theirs", "data/.keep": "" }));
    expect(saved.map(({ path }) => path)).toEqual(["changed"]);
    expect([at("tree"), at("tree/data")].map((path) => statSync(path).mode)).toEqual(before);
    expect(readFileSync(at("tree/.env"), "utf8")).toBe("SECRET=1");
    expect(readFileSync(at("tree/data/app.db"), "utf8")).toBe("rows");
  });

  test("on another disk has its conflicts copied, and whole folders put aside where they are", async () => {
    const elsewhere = `/dev/shm/tallyman-live-${crypto.randomUUID()}`;
    mkdirSync(join(elsewhere, "folder"), { recursive: true });
    try {
      writeFileSync(join(elsewhere, "app.conf"), "mine");
      writeFileSync(join(elsewhere, "folder/data"), "rows");
      symlinkSync("app.conf", join(elsewhere, "link"));
      const place = { ...live(), tree: elsewhere };
      const saved = await switchLiveTree(place, checkout({ "app.conf": "1", folder: "1", link: "1" }));
      const savedAs = new Map(saved.map((one) => [one.path, one.savedAs]));
      expect(readFileSync(savedAs.get("app.conf") ?? "", "utf8")).toBe("mine");
      expect(readlinkSync(savedAs.get("link") ?? "")).toBe("app.conf");
      expect(savedAs.get("folder")).toStartWith(join(elsewhere, "folder.conflict-"));
      expect(readFileSync(join(savedAs.get("folder") ?? "", "data"), "utf8")).toBe("rows");
      expect(readFileSync(join(elsewhere, "folder"), "utf8")).toBe("1");
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  test("is not cleared of what another live tree once held", async () => {
    await switchLiveTree(live(), checkout({ a: "1", b: "1" }));
    mkdirSync(at("elsewhere"));
    writeFileSync(at("elsewhere/b"), "mine");
    expect(await switchLiveTree({ ...live(), tree: at("elsewhere") }, checkout({ a: "1" }))).toEqual([]);
    expect(readFileSync(at("elsewhere/b"), "utf8")).toBe("mine");
  });
});
