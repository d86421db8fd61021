import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { livePlace, makeHome } from "../../src/git/live-place.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary.ts";
import { failureOf } from "./git-rig.ts";

let directory: TemporaryDirectory;

beforeEach(() => {
  directory = temporaryDirectory("live-place");
  mkdirSync(at("root"));
  mkdirSync(at("shop"));
});
afterEach(() => directory.remove());

const at = (path: string) => join(directory.path, path);
const place = (liveTree: string | null) => livePlace(at("root"), { name: "shop", liveTree });

test("a live tree lies below the root, or where an adopted project is", async () => {
  expect(await place(null)).toBe(at("root/deployments/shop/tree"));
  expect(await place(at("shop"))).toBe(at("shop"));
  symlinkSync(at("shop"), at("link"));
  expect(await place(at("link"))).toBe(at("link"));
});

test.each([
  ["/etc", "is a system folder"],
  ["root", "lies inside Tallyman's root"],
  ["root/deployments", "lies inside Tallyman's root"],
])("a link to %s is no live tree", async (target, words) => {
  mkdirSync(at("root/deployments"));
  symlinkSync(target.startsWith("/") ? target : at(target), at("link"));
  expect((await failureOf(place(at("link")))).message).toContain(words);
});

test("a live tree that is away, or a file, is told and not made", async () => {
  writeFileSync(at("file"), "");
  for (const name of ["away", "file"]) {
    const error = await failureOf(place(at(name)));
    expect([error.reason, error.hint]).toEqual([
      "WorkerFailed",
      "Check that the folder is there and its disk is mounted.",
    ]);
  }
});

test("a stack's folders can be entered by its containers, and its home by nobody else", async () => {
  const before = process.umask(0o077);
  try {
    await makeHome(at("root"), "shop");
    mkdirSync(at("root/deployments/blog/data"), { recursive: true, mode: 0o700 });
    await makeHome(at("root"), "blog");
  } finally {
    process.umask(before);
  }
  const modes = [
    "deployments/shop",
    "deployments/shop/data",
    "deployments/shop/logs",
    "shared",
    "deployments/blog/data",
  ];
  expect(modes.map((path) => (statSync(at(`root/${path}`)).mode & 0o777).toString(8))).toEqual([
    "700",
    "755",
    "755",
    "755",
    "700",
  ]);
});
