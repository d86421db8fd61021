import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { MIGRATIONS } from "../../src/store/migrations.ts";
import { openStore } from "../../src/store/store.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { refused } from "./refused.ts";
import { STACK } from "./samples.ts";

/** A root with a closed store in it that knows one stack. */
async function populated(migrations = MIGRATIONS) {
  const directory = temporaryDirectory("store");
  const store = await openStore({ root: directory.path, migrations });
  await store.stacks.add(STACK);
  await store.close();
  const system = join(directory.path, "system");
  return {
    root: directory.path,
    system,
    database: join(system, "tallyman.db"),
    key: join(system, "db.key"),
    [Symbol.dispose]: () => directory.remove(),
  };
}

/** Name, mode and content of everything in the folder. */
function state(folder: string): readonly string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const digest = createHash("sha256").update(readFileSync(path)).digest("hex");
      return `${name} ${statSync(path).mode.toString(8)} ${digest}`;
    });
}

/** The refusal, after which everything is as it was. */
async function refusalOf(root: string) {
  const system = join(root, "system");
  const before = state(system);
  const refusal = await refused(openStore({ root }));
  expect(state(system)).toEqual(before);
  expect(refusal.hint).not.toBe("");
  return refusal;
}

describe("a store is refused in words, untouched,", () => {
  test("when its key is missing", async () => {
    using rig = await populated();
    rmSync(rig.key);
    const refusal = await refusalOf(rig.root);
    expect(refusal.reason).toBe("StoreKeyMissing");
    expect(refusal.message).toContain(rig.key);
  });

  test("when its key is another one", async () => {
    using rig = await populated();
    using other = await populated();
    copyFileSync(other.key, rig.key);
    expect((await refusalOf(rig.root)).reason).toBe("StoreKeyWrong");
  });

  test.each(["", "abc\n", `${"0".repeat(64)}\n`, `${"g".repeat(64)}\n`])(
    "when its key file holds %j",
    async (content) => {
      using rig = await populated();
      writeFileSync(rig.key, content);
      expect((await refusalOf(rig.root)).reason).toBe("StoreKeyWrong");
    },
  );

  test("when a newer Tallyman wrote it", async () => {
    using rig = await populated([
      ...MIGRATIONS,
      { version: MIGRATIONS.length + 1, name: "later", sql: "CREATE TABLE later (a TEXT) STRICT" },
    ]);
    const refusal = await refusalOf(rig.root);
    expect(refusal.reason).toBe("StoreNewer");
    expect(refusal.message).toContain(
      `has schema ${MIGRATIONS.length + 1}, this Tallyman knows schemas up to ${MIGRATIONS.length}`,
    );
  });

  test("when it is cut off", async () => {
    using rig = await populated();
    truncateSync(rig.database, statSync(rig.database).size - 8_192);
    expect((await refusalOf(rig.root)).reason).toBe("StoreUnusable");
  });

  test.each([1, 99, 100, 600, 5_000])("when it is cut to %d bytes", async (size) => {
    using rig = await populated();
    truncateSync(rig.database, size);
    expect((await refusalOf(rig.root)).reason).toBe("StoreUnusable");
  });

  test("when it is garbage", async () => {
    using rig = await populated();
    writeFileSync(rig.database, "no database at all ".repeat(1_000));
    expect((await refusalOf(rig.root)).reason).toBe("StoreUnusable");
  });

  test("when another process has it open, which the words name", async () => {
    using rig = await populated();
    const keeper = Bun.spawn(["bun", join(import.meta.dirname, "lock-keeper.ts"), rig.root], { stdout: "pipe" });
    await keeper.stdout.getReader().read();
    const refusal = await refused(openStore({ root: rig.root }));
    expect(refusal.reason).toBe("AlreadyRunning");
    expect(refusal.message).toContain(`process ${keeper.pid}`);
    keeper.kill("SIGKILL");
    await keeper.exited;
    const store = await openStore({ root: rig.root });
    expect(await store.stacks.list()).toEqual([STACK]);
    await store.close();
  });
});

test("an empty database is a first start that was cut off", async () => {
  using rig = await populated();
  truncateSync(rig.database, 0);
  const store = await openStore({ root: rig.root });
  expect(await store.stacks.list()).toEqual([]);
  await store.close();
});

describe("a folder is refused in words", () => {
  test("when something else is in its place", async () => {
    using directory = temporaryDirectory("store");
    writeFileSync(join(directory.path, "system"), "");
    const refusal = await refused(openStore({ root: directory.path }));
    expect(refusal.reason).toBe("StoreUnusable");
    expect(refusal.message).toContain("in the way");
  });

  test("when it is read-only", async () => {
    using rig = await populated();
    using _ = readOnly(rig.system);
    const refusal = await refused(openStore({ root: rig.root }));
    expect(refusal.reason).toBe("StoreUnusable");
    expect(refusal.message).toMatch(/cannot be written: (the file system is read-only|permission denied)/);
  });

  test("when there is no room for it to be made", async () => {
    using directory = temporaryDirectory("store");
    using _ = readOnly(directory.path);
    expect((await refused(openStore({ root: directory.path }))).reason).toBe("StoreUnusable");
  });
});

describe("what others could read", () => {
  test("is made private, and said", async () => {
    using rig = await populated();
    chmodSync(rig.system, 0o755);
    chmodSync(rig.key, 0o644);
    const said: string[] = [];
    const store = await openStore({ root: rig.root, log: (_level, message) => said.push(message) });
    await store.close();
    expect(statSync(rig.system).mode & 0o777).toBe(0o700);
    expect(statSync(rig.key).mode & 0o777).toBe(0o600);
    expect(said).toEqual(["db.key was readable by others; it is private now"]);
  });
});

/** Root ignores permissions, so for root the folder becomes a read-only mount. */
function readOnly(folder: string): Disposable {
  if (process.getuid?.() !== 0) {
    chmodSync(folder, 0o500);
    return { [Symbol.dispose]: () => chmodSync(folder, 0o700) };
  }
  run("mount", "--bind", folder, folder);
  run("mount", "-o", "remount,bind,ro", folder);
  return { [Symbol.dispose]: () => run("umount", folder) };
}

function run(...argv: readonly string[]): void {
  const { success, stderr } = Bun.spawnSync([...argv]);
  if (!success) throw new Error(`${argv.join(" ")}: ${stderr.toString()}`);
}
