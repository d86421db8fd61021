import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile, type Target } from "../../build.ts";
import { version } from "../../package.json";
import { temporaryDirectory } from "../support/temporary.ts";

const made = temporaryDirectory("compiled");
const binary = join(made.path, "program");

beforeAll(async () => {
  const entry = join(import.meta.dirname, "compiled-program.ts");
  await compile({ entry, target: `linux-${process.arch}` as Target, outfile: binary });
}, 120_000);
afterAll(() => made.remove());

/** The binary alone in an empty folder, with a root, a folder for temporary files and a working directory of its own. */
function alone() {
  const directory = temporaryDirectory("alone");
  const [root = "", tmp = "", cwd = ""] = ["root", "tmp", "cwd"].map((name) => join(directory.path, name));
  for (const folder of [tmp, cwd]) mkdirSync(folder);
  copyFileSync(binary, join(cwd, "program"));
  const run = () => {
    const env = { PATH: "/nowhere", TMPDIR: tmp, BUN_TMPDIR: tmp };
    const { stdout, stderr } = Bun.spawnSync([join(cwd, "program"), root], { cwd, env });
    return { output: stdout.toString(), errors: stderr.toString() };
  };
  return { root, tmp, cwd, native: join(root, "system/native"), run, [Symbol.dispose]: () => directory.remove() };
}

const FIRST = { starts: 1, version, sshKey: "ssh-ed25519", fromDotenv: null };

describe("the compiled binary", () => {
  test("keeps a store with nothing beside it, and unpacks nothing outside its root", () => {
    using rig = alone();
    expect(rig.run()).toEqual({ output: JSON.stringify(FIRST), errors: "" });
    expect(rig.run()).toEqual({ output: JSON.stringify({ ...FIRST, starts: 2 }), errors: "" });
    expect(readdirSync(rig.tmp)).toEqual([]);
    expect(readdirSync(rig.cwd)).toEqual(["program"]);
  });

  test("keeps libSQL in a private folder", () => {
    using rig = alone();
    rig.run();
    const [addon = ""] = readdirSync(rig.native);
    expect(statSync(rig.native).mode & 0o777).toBe(0o700);
    expect(statSync(join(rig.native, addon)).mode & 0o777).toBe(0o500);
  });

  test("never loads a libSQL that was changed or cut off", () => {
    using rig = alone();
    rig.run();
    const [name = ""] = readdirSync(rig.native);
    const addon = join(rig.native, name);
    const original = readFileSync(addon);
    const changed = Buffer.from(original);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    for (const damage of [() => truncateSync(addon, 1_000), () => writeFileSync(addon, changed)]) {
      damage();
      expect(rig.run().errors).toBe("");
      expect(readFileSync(addon).equals(original)).toBe(true);
    }
  });

  test("reads no .env and no bunfig.toml of the folder it is started in", () => {
    using rig = alone();
    writeFileSync(join(rig.cwd, ".env"), "FROM_DOTENV=read\n");
    writeFileSync(join(rig.cwd, "bunfig.toml"), 'preload = ["./evil.js"]\n');
    writeFileSync(join(rig.cwd, "evil.js"), "process.stdout.write('preloaded');\n");
    expect(rig.run()).toEqual({ output: JSON.stringify(FIRST), errors: "" });
  });
});
