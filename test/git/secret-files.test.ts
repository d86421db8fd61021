import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { createSecretFiles } from "../../src/git/secret-files.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const inMemory = () => `/dev/shm/tallyman-test-${crypto.randomUUID()}`;

test("files are private while they are needed and gone afterwards", async () => {
  const directory = inMemory();
  const seen = await createSecretFiles(directory, own).with({ token: "s3cret" }, async (path) => ({
    path,
    content: readFileSync(join(path, "token"), "utf8"),
    modes: [directory, path, join(path, "token")].map((entry) => statSync(entry).mode & 0o777),
  }));
  expect(seen.content).toBe("s3cret");
  expect(seen.modes).toEqual([0o700, 0o700, 0o600]);
  expect(existsSync(directory)).toBe(false);
});

test("files are gone when the work fails", async () => {
  const directory = inMemory();
  const failing = createSecretFiles(directory, own).with({ token: "s3cret" }, () => Promise.reject(new Error("no")));
  expect(String(await failing.catch((thrown: unknown) => thrown))).toContain("no");
  expect(existsSync(directory)).toBe(false);
});

test("the last one out takes the directory along, whoever comes in meanwhile", async () => {
  const directory = inMemory();
  const files = createSecretFiles(directory, own);
  const job = async (index: number): Promise<string> => {
    await Bun.sleep(index % 5);
    return await files.with({ token: `${index}` }, async (path) => readFileSync(join(path, "token"), "utf8"));
  };
  const seen = await Promise.all(Array.from({ length: 60 }, (_, index) => job(index)));
  expect(seen).toEqual(Array.from({ length: 60 }, (_, index) => `${index}`));
  expect(existsSync(directory)).toBe(false);
});

test("what a killed process left is removed at first use", async () => {
  const directory = inMemory();
  mkdirSync(directory, { mode: 0o700 });
  writeFileSync(join(directory, "left"), "old secret");
  await createSecretFiles(directory, own).with({}, async () => {
    expect(existsSync(join(directory, "left"))).toBe(false);
  });
});

test("a directory on a disk, or open to others, is never used", async () => {
  using disk = temporaryDirectory("secrets");
  const open = inMemory();
  mkdirSync(open, { mode: 0o755 });
  for (const unfit of [join(disk.path, "on-disk"), open]) {
    const used = await createSecretFiles(unfit, own).with({ token: "s3cret" }, async (path) => path);
    expect(used).toStartWith(`/dev/shm/tallyman-${basename(unfit)}/`);
    expect(readdirSync(disk.path)).toEqual([]);
  }
  rmSync(open, { recursive: true });
});
