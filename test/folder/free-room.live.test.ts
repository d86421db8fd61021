import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkFreeRoom } from "../../src/folder/free-room.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const directory = temporaryDirectory("room");
const disk = join(directory.path, "disk");
const MIB = 1024 * 1024;

async function run(...argv: readonly string[]): Promise<void> {
  const child = Bun.spawn([...argv], { stdio: ["ignore", "inherit", "inherit"] });
  if ((await child.exited) !== 0) throw new Error(`${argv.join(" ")} failed`);
}

beforeAll(async () => {
  mkdirSync(disk);
  await run("mount", "-t", "tmpfs", "-o", "size=4m,nr_inodes=200", "tmpfs", disk);
});

afterAll(async () => {
  await run("umount", disk);
  directory.remove();
});

test("a folder with room, and one that is not there, let a deployment go on", async () => {
  await checkFreeRoom([disk, "/nowhere/at/all"]);
});

test("a full disk refuses by name, and recovers with the room", async () => {
  const ballast = join(disk, "ballast");
  writeFileSync(ballast, Buffer.alloc(4 * MIB));
  expect(checkFreeRoom(["/", disk])).rejects.toThrow(`only 0 MiB are free at ${disk}`);
  rmSync(ballast);
  await checkFreeRoom([disk]);
});

test("a disk without inodes is full as well", async () => {
  for (let file = 0; file < 199; file += 1) writeFileSync(join(disk, String(file)), "");
  expect(checkFreeRoom([disk])).rejects.toThrow("inodes are free");
});
