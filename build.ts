import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import Ajv from "ajv";
import standaloneCode from "ajv/dist/standalone";
import type { BunPlugin } from "bun";
import composeSchema from "./src/compose/compose-spec.schema.json" with { type: "json" };
import { SCHEMA_OPTIONS } from "./src/compose/schema-check.ts";

const ROOT = import.meta.dirname;
const HOST_TARGET = `linux-${process.arch}` as Target;
const DATABASE_WORKER = "src/store/database-worker.ts";
const TARGETS = ["linux-x64", "linux-arm64"] as const;
const ADDON_PIECE_BYTES = 64 * 1_024;

export type Target = (typeof TARGETS)[number];

export interface CompileRequest {
  readonly entry: string;
  readonly target: Target;
  readonly outfile: string;
}

/** Makes one file that runs alone: program, database thread, libSQL and every asset. Returns its size in bytes. */
export async function compile({ entry, target, outfile }: CompileRequest): Promise<number> {
  await mkdir(resolve(outfile, ".."), { recursive: true });
  await Bun.build({
    entrypoints: [entry, join(ROOT, DATABASE_WORKER)],
    root: ROOT,
    target: "bun",
    minify: true,
    // Bytecode needs the format said: alone it means cjs, which has no top-level await.
    bytecode: true,
    format: "esm",
    // A command loads no more than its own share of the program.
    splitting: true,
    sourcemap: "linked",
    define: await definitions(),
    // A repository's .env or bunfig.toml in the working directory must never steer the daemon.
    compile: { target: `bun-${target}`, outfile, autoloadDotenv: false, autoloadBunfig: false },
    plugins: [embeddedLibsql(target), finishedSchemaCheck, nativeDigest, withoutNativeSsh, leanDockerode],
  });
  await removePieceMaps(resolve(outfile, ".."));
  return Bun.file(outfile).size;
}

/** The file holds every source map itself; those of its pieces, which Bun writes beside it as well, are of no use. */
async function removePieceMaps(folder: string): Promise<void> {
  const names = await readdir(folder);
  await Promise.all(names.filter((name) => name.endsWith(".js.map")).map((name) => rm(join(folder, name))));
}

function targetsOf(argv: readonly string[]): readonly Target[] {
  const value = argv[0] === "--target" ? (argv[1] ?? "") : argv[0]?.replace(/^--target=/, "");
  if (value === undefined) return [HOST_TARGET];
  const chosen = TARGETS.filter((target) => value === "all" || value === target);
  if (chosen.length > 0) return chosen;
  process.stderr.write(`usage: bun build.ts [--target ${TARGETS.join("|")}|all]\n`);
  process.exit(2);
}

async function definitions(): Promise<Record<string, string>> {
  const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { version: string };
  const changed = git("status", "--porcelain", "--untracked-files=no") !== "";
  const builtAt = new Date(Number(git("show", "--no-patch", "--format=%ct", "HEAD") || "0") * 1_000);
  return {
    "process.env.NODE_ENV": '"production"',
    TALLYMAN_VERSION: JSON.stringify(version),
    TALLYMAN_COMMIT: JSON.stringify(`${git("rev-parse", "HEAD") || "unknown"}${changed ? "-changed" : ""}`),
    TALLYMAN_DATABASE_WORKER: JSON.stringify(`./${DATABASE_WORKER}`),
    TALLYMAN_BUILT_AT: JSON.stringify(builtAt.toISOString()),
  };
}

/** What git says of this checkout; empty where there is neither git nor a checkout (a source archive). */
function git(...argv: readonly string[]): string {
  if (!Bun.which("git")) return "";
  const { exitCode, stdout } = Bun.spawnSync(["git", ...argv], { cwd: ROOT, stderr: "ignore" });
  return exitCode === 0 ? stdout.toString().trim() : "";
}

/**
 * libsql picks its addon by a computed name, which no bundler can follow, and Bun would unpack it to /tmp, which may be noexec. So the
 * addon becomes a plain embedded file (compressed: what is read of it stays in memory), and store/native-addon.ts loads it from the
 * state root.
 */
function embeddedLibsql(target: Target): BunPlugin {
  const addon = libsqlAddon(target);
  const loader = join(ROOT, "src/store/native-addon.ts");
  return {
    name: "embedded-libsql",
    setup(builder) {
      builder.onResolve({ filter: /^tallyman:libsql-addon$/ }, () => ({ path: addon, namespace: "libsql-addon" }));
      builder.onLoad({ filter: /.*/, namespace: "libsql-addon" }, async ({ path }) => ({
        contents: packed(await Bun.file(path).bytes()),
        loader: "file",
      }));
      builder.onLoad({ filter: /[\\/]node_modules[\\/]libsql[\\/]index\.js$/ }, async ({ path }) => {
        const digest = createHash("sha256")
          .update(await Bun.file(addon).bytes())
          .digest("hex");
        return { contents: withAddonFrom(loader, digest, await Bun.file(path).text()), loader: "js" };
      });
    },
  };
}

/** Pieces that store/native-addon.ts unpacks one by one: each is its length (32 bits, little end first) and a zstd frame. */
function packed(addon: Uint8Array): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < addon.length; at += ADDON_PIECE_BYTES) {
    const frame = Bun.zstdCompressSync(addon.subarray(at, at + ADDON_PIECE_BYTES), { level: 12 });
    const length = Buffer.alloc(4);
    length.writeUInt32LE(frame.length);
    pieces.push(length, frame);
  }
  return Buffer.concat(pieces);
}

function libsqlAddon(target: Target): string {
  try {
    return createRequire(import.meta.url).resolve(`@libsql/${target}-gnu`);
  } catch {
    throw new Error(
      `libSQL for ${target} is not installed: run  bun install --frozen-lockfile --cpu='*' --os=linux  and build again`,
    );
  }
}

function withAddonFrom(loader: string, digest: string, source: string): string {
  const changed = source
    .replace(/^const \{ load, currentTarget \}.*$/m, "")
    .replace(/^const \{ familySync.*$/m, "")
    .replace(
      /^function requireNative\(\) \{[\s\S]*?^\}$/m,
      `function requireNative() {
        const addon = require("tallyman:libsql-addon");
        return require(${JSON.stringify(loader)}).loadNativeAddon(addon.default ?? addon, "${digest}");
      }`,
    );
  if (!changed.includes("loadNativeAddon") || /neon-rs|detect-libc|@libsql\/\$/.test(changed)) {
    throw new Error("libsql/index.js has another shape than build.ts knows: review embeddedLibsql");
  }
  return changed;
}

/** The Compose schema as the function that ajv makes of it, so that the program carries neither ajv nor the wait for it. */
export const finishedSchemaCheck: BunPlugin = {
  name: "finished-schema-check",
  setup(builder) {
    builder.onLoad({ filter: /[\\/]src[\\/]compose[\\/]schema-check\.ts$/ }, () => {
      const ajv = new Ajv({ ...SCHEMA_OPTIONS, code: { source: true, esm: true } });
      const code = standaloneCode(ajv, ajv.compile(composeSchema));
      return { contents: `${code}\nexport function schemaCheck() { return validate; }`, loader: "js" };
    });
  },
};

/** The runtime's own SHA-256: a pure one in JavaScript takes a fifth of the time in which a project is loaded. */
export const nativeDigest: BunPlugin = {
  name: "native-digest",
  setup(builder) {
    builder.onLoad({ filter: /[\\/]src[\\/]compose[\\/]sha256\.ts$/ }, () => ({
      contents: 'export const sha256 = (text) => Bun.CryptoHasher.hash("sha256", text, "hex");',
      loader: "js",
    }));
  },
};

/** ssh2 falls back to plain JavaScript without these; as addons they would be of the building machine's kind and unpacked to /tmp. */
const withoutNativeSsh: BunPlugin = {
  name: "without-native-ssh",
  setup(builder) {
    builder.onResolve({ filter: /^cpu-features$|sshcrypto\.node$/ }, ({ path }) => absent(basename(path)));
    builder.onLoad({ filter: /.*/, namespace: "absent" }, ({ path }) => ({
      contents: `throw new Error(${JSON.stringify(`${path} is not built in`)});`,
      loader: "js",
    }));
  },
};

/** Without ssh:// Engines and BuildKit sessions (gRPC, protobuf), which we never use: 0.7 MiB of JavaScript less. */
const leanDockerode: BunPlugin = {
  name: "lean-dockerode",
  setup(builder) {
    builder.onResolve({ filter: /^\.\/(ssh|session)$/ }, ({ path, importer }) =>
      /node_modules\/(docker-modem|dockerode)\//.test(importer) ? unsupported(basename(path)) : undefined,
    );
    builder.onLoad({ filter: /.*/, namespace: "unsupported" }, ({ path }) => ({
      contents: `module.exports = function () { throw new Error(${JSON.stringify(`${path} is not built in`)}); };`,
      loader: "js",
    }));
  },
};

function absent(path: string) {
  return { path, namespace: "absent" };
}

function unsupported(path: string) {
  return { path, namespace: "unsupported" };
}

// Last, because the plugins above are constants.
if (import.meta.main) {
  try {
    for (const target of targetsOf(process.argv.slice(2))) {
      const outfile = join("dist", target === HOST_TARGET ? "tallyman" : `tallyman-${target}`);
      const bytes = await compile({ entry: join(ROOT, "src/main.ts"), target, outfile: join(ROOT, outfile) });
      process.stdout.write(`${outfile}  ${target}  ${(bytes / 2 ** 20).toFixed(1)} MiB\n`);
    }
  } catch (thrown) {
    process.stderr.write(`${inWords(thrown)}\n`);
    process.exit(1);
  }
}

function inWords(thrown: unknown): string {
  if (thrown instanceof AggregateError) return thrown.errors.map(inWords).join("\n");
  return thrown instanceof Error || thrown instanceof BuildMessage || thrown instanceof ResolveMessage
    ? `${thrown.message}${"position" in thrown && thrown.position ? ` (${thrown.position.file}:${thrown.position.line})` : ""}`
    : String(thrown);
}
