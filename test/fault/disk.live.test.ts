import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "../../build.ts";
import { api } from "../support/api.ts";
import { command, output } from "../support/command.ts";
import { BUSYBOX_IMAGE } from "../support/images.ts";
import { type StackRig, stackRig } from "../support/stack-rig.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/waiting.ts";

// The file system of Tallyman's root is full, or out of inodes, while a commit arrives, a viewer looks and the daemon is started anew.

const NAME = "full-disk";
const directory = temporaryDirectory(NAME);
const disk = join(directory.path, "disk");
const ballast = join(disk, "ballast");

let rig: StackRig;

beforeAll(async () => {
  mkdirSync(disk);
  await output(["mount", "-t", "tmpfs", "-o", "size=64m,nr_inodes=2000", "tmpfs", disk]);
  rig = await stackRig({ name: NAME, root: join(disk, "root"), flags: ["--interval", "5s"] });
  await rig.push(compose("one"), "First");
  await rig.daemon.json(["stack", "add", NAME, "--repo", rig.server.url(NAME)]);
  await rig.inSync();
}, 180_000);

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  await output(["umount", disk]);
  directory.remove();
}, 60_000);

function compose(version: string): unknown {
  const command = ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.2; done"];
  const healthcheck = { test: ["CMD", "true"], interval: "1s", timeout: "20s" };
  return { services: { web: { image: BUSYBOX_IMAGE, command, healthcheck, environment: { VERSION: version } } } };
}

/** To the last byte; the daemon's own next write has no room either. */
function fill(): void {
  const { bavail, bsize } = statfsSync(disk);
  try {
    writeFileSync(ballast, Buffer.alloc(bavail * bsize + bsize));
  } catch {
    // What fitted is there.
  }
}

function leaveNoInode(): void {
  const crumbs = join(disk, "crumbs");
  mkdirSync(crumbs);
  const { ffree } = statfsSync(disk);
  for (let file = 0; file < ffree; file += 1) writeFileSync(join(crumbs, String(file)), "");
}

function makeRoom(): void {
  for (const name of ["ballast", "crumbs"]) rmSync(join(disk, name), { recursive: true, force: true });
}

async function refusal(words: RegExp): Promise<void> {
  await until(
    `a refusal says ${words.source}`,
    async () => {
      const { reason, trouble } = await rig.status();
      return trouble === "DiskFull" && words.test(reason);
    },
    60_000,
    200,
  );
}

async function pageStatus(path: string): Promise<number> {
  const socket = `${rig.root}/system/tallyman.sock`;
  return (await fetch(`http://daemon${path}`, { unix: socket })).status;
}

test("on a full disk nothing new is deployed, and everything can be read", async () => {
  const before = await rig.running();
  fill();
  await rig.push(compose("two"), "Second");
  await refusal(/disk is full|MiB are free/);
  const pages = ["/", `/stacks/${NAME}`, "/events", "/host", `/stacks/${NAME}/logs`, "/readyz"];
  expect(await Promise.all(pages.map(pageStatus))).toEqual(pages.map(() => 200));
  expect(await api<unknown>(rig.daemon, "/variables/A", "PUT", { value: "b" })).toMatchObject({
    error: { reason: "DiskFull", hint: expect.stringContaining("Free some space") },
  });
  expect([await rig.running(), (await rig.history()).length]).toEqual([before, 1]);
  makeRoom();
}, 180_000);

test("without inodes it is the same", async () => {
  const before = await rig.running();
  leaveNoInode();
  await rig.deploy();
  await refusal(/inodes are free|No space left on device/);
  expect([await pageStatus(`/stacks/${NAME}`), await rig.running()]).toEqual([200, before]);
  makeRoom();
}, 180_000);

test("a start on a full disk comes up, and with room the commit that waited is deployed by itself", async () => {
  const before = await rig.running();
  fill();
  await rig.restart();
  await refusal(/disk is full|MiB are free/);
  expect([await rig.running(), await pageStatus("/")]).toEqual([before, 200]);
  makeRoom();
  await rig.inSync();
  const history = await rig.history();
  expect(history.map(({ message, status }) => `${message} ${status}`)).toEqual(["Second healthy", "First healthy"]);
}, 180_000);

test("a new build on a full disk says what it has no room for, leaves no half of it, and starts once there is room", async () => {
  const place = join(directory.path, "fresh");
  const program = join(directory.path, "program");
  await compile({
    entry: join(import.meta.dirname, "../store/compiled-program.ts"),
    target: process.arch === "arm64" ? "linux-arm64" : "linux-x64",
    outfile: program,
  });
  mkdirSync(place);
  await output(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", place]);
  const errors = async () => (await command([program, place])).stderr;
  try {
    expect(await errors()).toContain(`${place}/system/native has no room for libSQL`);
    expect(readdirSync(join(place, "system/native"))).toEqual([]);
    await output(["mount", "-o", "remount,size=64m", place]);
    expect(await errors()).toBe("");
  } finally {
    await output(["umount", place]);
  }
}, 180_000);
