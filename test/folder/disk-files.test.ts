import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TallymanError } from "../../src/error.ts";
import { diskFiles, openDiskFiles } from "../../src/folder/disk-files.ts";
import type { ProjectFiles } from "../../src/project-files.ts";
import { output } from "../support/command.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary.ts";

const LIVE = "/opt/tallyman/deployments/shop/tree";
let directory: TemporaryDirectory;
let staging = "";
let files: ProjectFiles;

beforeEach(() => {
  directory = temporaryDirectory("disk-files");
  staging = join(directory.path, "staging");
  mkdirSync(join(staging, "app"), { recursive: true });
  mkdirSync(join(directory.path, "staging-evil"));
  writeFileSync(join(directory.path, "secret"), "CONTENT");
  writeFileSync(join(directory.path, "staging-evil/secret"), "CONTENT");
  writeFileSync(join(staging, "compose.yaml"), "services: {}\n");
  writeFileSync(join(staging, "app/.env"), "A=ü\n");
  files = diskFiles({ seenAs: LIVE, from: staging });
});

afterEach(() => directory.remove());

function reasonOf(work: () => unknown): string {
  try {
    return `it answered ${JSON.stringify(work())}`;
  } catch (thrown) {
    expect(String(thrown)).not.toContain("CONTENT");
    return thrown instanceof TallymanError ? thrown.reason : String(thrown);
  }
}

describe("files of a tree", () => {
  test("are read from staging under the names they will have live", () => {
    expect(files.read(`${LIVE}/compose.yaml`)).toBe("services: {}\n");
    expect(files.read(`${LIVE}/app/../app/.env`)).toBe("A=ü\n");
    expect([files.kind(`${LIVE}/`), files.kind(`${LIVE}/../tree`)]).toEqual(["directory", "directory"]);
    expect([files.kind(LIVE), files.kind(`${LIVE}/app`), files.kind(`${LIVE}/app/.env`)]).toEqual([
      "directory",
      "directory",
      "file",
    ]);
  });

  test("that are not there are null", () => {
    expect([files.read(`${LIVE}/no`), files.read(`${LIVE}/compose.yaml/x`), files.kind(`${LIVE}/no`)]).toEqual([
      null,
      null,
      null,
    ]);
  });

  test("are found through links that stay inside", () => {
    symlinkSync("app", join(staging, "current"));
    symlinkSync("../compose.yaml", join(staging, "app/link.yaml"));
    expect(files.read(`${LIVE}/current/.env`)).toBe("A=ü\n");
    expect(files.read(`${LIVE}/current/link.yaml`)).toBe("services: {}\n");
    expect(files.kind(`${LIVE}/current`)).toBe("directory");
  });

  test.each([
    "/etc/passwd",
    `${LIVE}/../other/secret`,
    `${LIVE}-evil/secret`,
    `${LIVE}/app/../../staging-evil/secret`,
    "compose.yaml",
    "",
    `${LIVE}/a\0b`,
  ])("are not read at %j, outside of it", (path) => {
    expect(reasonOf(() => files.read(path))).toBe("PolicyViolation");
    expect(reasonOf(() => files.kind(path))).toBe("PolicyViolation");
  });

  test("do not exist in the folders above, where a search for a Compose file ends", () => {
    for (const path of [`${LIVE}/../compose.yaml`, "/opt/compose.yaml", "/compose.yaml", "/opt", "/"]) {
      expect(files.kind(path)).toBeNull();
      expect(reasonOf(() => files.read(path))).toBe("PolicyViolation");
    }
  });

  test.each([
    ["an absolute link", "/etc/passwd"],
    ["a link to the parent", "../secret"],
    ["a link that goes in and out", "app/../../secret"],
    ["a link to itself", "link"],
    ["a link into the live tree", `${LIVE}/compose.yaml`],
  ])("are not read through %s", (_, target) => {
    symlinkSync(target, join(staging, "link"));
    expect(reasonOf(() => files.read(`${LIVE}/link`))).toBe("PolicyViolation");
    expect(reasonOf(() => files.kind(`${LIVE}/link`))).toBe("PolicyViolation");
  });

  test("are not read through a linked folder that leads out step by step", () => {
    mkdirSync(join(staging, "a/b"), { recursive: true });
    symlinkSync("../..", join(staging, "a/b/up"));
    symlinkSync("up/../secret", join(staging, "a/b/out"));
    expect(reasonOf(() => files.read(`${LIVE}/a/b/out`))).toBe("PolicyViolation");
    symlinkSync("/", join(staging, "root"));
    expect(reasonOf(() => files.read(`${LIVE}/root/etc/passwd`))).toBe("PolicyViolation");
  });

  test("that are pipes are refused without waiting for a writer", async () => {
    await output(["mkfifo", join(staging, "pipe")]);
    expect(reasonOf(() => files.read(`${LIVE}/pipe`))).toBe("PolicyViolation");
    expect(reasonOf(() => files.kind(`${LIVE}/pipe`))).toBe("PolicyViolation");
  });

  test("that are folders or too large are no Compose input", () => {
    writeFileSync(join(staging, "large"), Buffer.alloc(10 * 1024 * 1024 + 1));
    expect(reasonOf(() => files.read(`${LIVE}/app`))).toBe("ComposeInvalid");
    expect(reasonOf(() => files.read(`${LIVE}/large`))).toBe("ComposeInvalid");
  });

  test("that are Git LFS pointers are refused, as what they stand for is not there", () => {
    writeFileSync(join(staging, "app/.env"), "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
    expect(reasonOf(() => files.read(`${LIVE}/app/.env`))).toBe("ComposeInvalid");
  });
});

describe("the open disk", () => {
  test("reads whatever its user can, links and all", () => {
    symlinkSync(join(directory.path, "secret"), join(staging, "link"));
    const open = openDiskFiles();
    expect(open.read(join(staging, "link"))).toBe("CONTENT");
    expect([open.kind(staging), open.kind(join(staging, "link")), open.kind(join(staging, "no"))]).toEqual([
      "directory",
      "file",
      null,
    ]);
    expect(open.read(join(staging, "no"))).toBeNull();
    expect(reasonOf(() => open.read(staging))).toBe("ComposeInvalid");
  });
});
