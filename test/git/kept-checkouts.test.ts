import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createKeptCheckouts } from "../../src/git/kept-checkouts.ts";
import { lazyReading } from "../../src/git/tree-reader.ts";
import type { Checkout } from "../../src/source.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary.ts";

const [A, B, C] = ["a".repeat(40), "b".repeat(40), "c".repeat(64)];
let root: TemporaryDirectory;

beforeEach(() => {
  root = temporaryDirectory("kept");
});
afterEach(() => root.remove());

const home = (path: string) => join(root.path, "deployments/shop", path);
const kept = () => createKeptCheckouts(root.path);

function checkout(commit: string, content = "one\n"): Checkout {
  const staging = home(`staging/${commit}-1/tree`);
  mkdirSync(join(staging, "web"), { recursive: true });
  writeFileSync(join(staging, "compose.yaml"), "services: {}\n");
  writeFileSync(join(staging, "web/app.conf"), content);
  writeFileSync(join(staging, "run.sh"), "#!/bin/sh\n", { mode: 0o755 });
  symlinkSync("web/app.conf", join(staging, "current"));
  const info = { commit, author: "Ada", message: "First", committedAt: "2026-01-01T00:00:00.000Z" };
  return { staging, live: home("tree"), info, ...lazyReading(staging) };
}

describe("a kept checkout", () => {
  test("is found again as it was, by another process too", async () => {
    const first = checkout(A);
    const digests = await first.digests();
    await kept().keep("shop", first);
    const found = await kept().find("shop", A);
    expect(found?.info).toEqual(first.info);
    expect(found?.staging).toBe(home(`releases/${A}/tree`));
    expect(await found?.digests()).toEqual(digests);
    expect(readFileSync(join(found?.staging ?? "", "current"), "utf8")).toBe("one\n");
  });

  test("costs no second copy, and whoever holds the checkout still reads it", async () => {
    const first = checkout(A);
    await kept().keep("shop", first);
    expect(realpathSync(first.staging)).toBe(home(`releases/${A}/tree`));
    expect([...(await first.digests()).keys()].sort()).toEqual(["compose.yaml", "current", "run.sh", "web/app.conf"]);
    rmSync(home(`staging/${A}-1`), { recursive: true });
    expect(await kept().find("shop", A)).not.toBeNull();
  });

  test("may be kept again, from itself and from a new checkout", async () => {
    const first = checkout(A);
    await kept().keep("shop", first);
    await kept().keep("shop", first);
    expect(await kept().find("shop", A)).not.toBeNull();
    const found = await kept().find("shop", A);
    if (!found) throw new Error("not kept");
    await kept().keep("shop", { ...found, live: "" });
    expect(await kept().find("shop", A)).not.toBeNull();
    rmSync(home("staging"), { recursive: true });
    await kept().keep("shop", checkout(A, "two\n"));
    const again = await kept().find("shop", A);
    expect(readFileSync(join(again?.staging ?? "", "web/app.conf"), "utf8")).toBe("two\n");
  });

  test("goes when its commit is not among those that stay, with what was half done", async () => {
    for (const commit of [A, B, C]) await kept().keep("shop", checkout(commit));
    mkdirSync(home(`releases/${A}.new`));
    await kept().keepOnly("shop", [B, C, "never kept"]);
    expect(readdirSync(home("releases")).sort()).toEqual([B, C]);
    await kept().keepOnly("other", []);
  });

  test.each<[string, (tree: string) => void]>([
    ["a file changed", (tree) => writeFileSync(join(tree, "web/app.conf"), "oNe\n")],
    ["a file missing", (tree) => rmSync(join(tree, "web/app.conf"))],
    ["a file added", (tree) => writeFileSync(join(tree, "web/more.conf"), "")],
    ["a mode changed", (tree) => chmodSync(join(tree, "compose.yaml"), 0o755)],
    ["no tree", (tree) => rmSync(tree, { recursive: true })],
    ["no description", (tree) => rmSync(join(tree, "../release.json"))],
    ["a description cut off", (tree) => writeFileSync(join(tree, "../release.json"), '{"info":{"com')],
  ])("with %s is thrown away", async (_, damage) => {
    await kept().keep("shop", checkout(A));
    damage(home(`releases/${A}/tree`));
    expect(await kept().find("shop", A)).toBeNull();
    expect(existsSync(home(`releases/${A}`))).toBe(false);
  });

  test("that was half kept when the process ended leaves nothing", async () => {
    mkdirSync(home(`releases/${A}.new/tree`), { recursive: true });
    expect(await kept().find("shop", A)).toBeNull();
    expect(readdirSync(home("releases"))).toEqual([]);
  });

  test("is looked for by full commits only", async () => {
    mkdirSync(home("releases"), { recursive: true });
    expect(await kept().find("shop", "../..")).toBeNull();
    expect(existsSync(root.path)).toBe(true);
  });
});

test("what can be executed has another digest than the same content that cannot", async () => {
  const { staging } = checkout(A);
  writeFileSync(join(staging, "plain.sh"), "#!/bin/sh\n");
  const digests = await lazyReading(staging).digests();
  expect(digests.get("plain.sh")).toMatch(/^[0-9a-f]{64}$/);
  expect(digests.get("run.sh")).toMatch(/^[0-9a-f]{64}$/);
  expect(digests.get("run.sh")).not.toBe(digests.get("plain.sh") ?? "");
  expect(digests.get("current")).toBe("web/app.conf");
});
