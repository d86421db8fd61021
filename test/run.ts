import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { Glob } from "bun";
import { programPath } from "../.ci/engine-host.ts";
import { prepareHost } from "../.ci/prepare-host.ts";
import { startPrivateEngine } from "./support/engine.ts";
import { composePlugin } from "./support/oracle.ts";

// bun test/run.ts [PATH…]      everything (or the test files at these paths): host prepared, binary built, private Engine, all levels
// bun test/run.ts unit          the pure tests alone; needs nothing
// bun test/run.ts check         format, lint, types, architecture
// The last line says `N passed, N failed, N skipped`; the exit code is 1 when anything failed.

interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const ROOT = resolve(import.meta.dir, "..");
const NOTHING: Tally = { passed: 0, failed: 0, skipped: 0 };
const FAILED: Tally = { passed: 0, failed: 1, skipped: 0 };
/** Set in the run that already has its own network namespace. */
const INSIDE = "TALLYMAN_TEST_INSIDE";
/** Longer for runs of many rounds. */
const FILE_DEADLINE_MS = Number(process.env["TALLYMAN_TEST_FILE_MINUTES"] ?? 20) * 60_000;
const TEST_DEADLINE_MS = 120_000;
/** Files run side by side. Most of them wait for containers, so one more than there are cores. */
const LANES = Math.max(3, Math.min(4, cpus().length + 1));
/** What takes longest goes first, so that no lane is left alone with it at the end. */
const HEAVY_FIRST = ["test/fault/", "test/e2e/", "test/attack/"];

/** A page that is watched live needs a core for its browser: beside three lanes of containers its waits would measure those. */
const ALONE: ReadonlySet<string> = new Set(["test/web/browser.live.test.ts"]);

function isPure(file: string): boolean {
  return !file.includes(".live.test.");
}

function weight(file: string): number {
  const index = HEAVY_FIRST.findIndex((folder) => file.startsWith(folder));
  return index < 0 ? HEAVY_FIRST.length : index;
}

/** Test files relative to the repository, sorted; those below the given paths only. */
function testFiles(paths: readonly string[]): readonly string[] {
  const wanted = paths.map((path) => relative(ROOT, resolve(path)));
  const found = [...new Glob("test/**/*.test.{ts,tsx}").scanSync({ cwd: ROOT })].sort();
  return found.filter(
    (file) => wanted.length === 0 || wanted.some((path) => file === path || file.startsWith(`${path}/`)),
  );
}

function add(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (sum, tally) => ({
      passed: sum.passed + tally.passed,
      failed: sum.failed + tally.failed,
      skipped: sum.skipped + tally.skipped,
    }),
    NOTHING,
  );
}

/** One `bun test` over these files. A process that crashed, hung or ran nothing counts as a failure whatever it had reported. */
async function runFiles(name: string, files: readonly string[]): Promise<Tally> {
  if (files.length === 0) throw new Error(`${name}: there is no such test`);
  const directory = mkdtempSync(join(tmpdir(), "tallyman-junit-"));
  const report = join(directory, "report.xml");
  const began = performance.now();
  const reporter = ["--reporter=junit", `--reporter-outfile=${report}`];
  const argv = [
    process.execPath,
    "test",
    `--timeout=${TEST_DEADLINE_MS}`,
    ...reporter,
    ...files.map((file) => `./${file}`),
  ];
  const child = Bun.spawn(argv, {
    cwd: ROOT,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: FILE_DEADLINE_MS,
    killSignal: "SIGKILL",
  });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  const counted = readReport(report);
  rmSync(directory, { recursive: true, force: true });
  const ran = counted.passed + counted.failed + counted.skipped > 0;
  const broken = (code !== 0 && counted.failed === 0) || !ran;
  const tally = broken ? add([counted, FAILED]) : counted;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${tally.failed === 0 ? "ok  " : "FAIL"} ${name}: ${show(tally)} (${seconds} s)`);
  for (const figure of stdout.match(/^figure: .*$/gm) ?? []) console.log(`     ${figure.slice("figure: ".length)}`);
  if (tally.failed > 0) {
    console.log(`${stdout}\n${stderr}`.replace(/^\(pass\).*\n/gm, "").trim());
    if (broken) console.log(ran ? `bun test ended with code ${code}` : "no test ran");
  }
  return tally;
}

/** The counts of a JUnit report's outermost element; nothing when there is none. */
function readReport(file: string): Tally {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return NOTHING;
  }
  const root = /<testsuites[^>]*>/.exec(text)?.[0] ?? "";
  const count = (name: string): number => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(root)?.[1] ?? 0);
  const failed = count("failures") + count("errors");
  return { passed: count("tests") - failed - count("skipped"), failed, skipped: count("skipped") };
}

/** Pure files come first and share two processes; every other file gets its own, so that one crash stays one file's. */
async function runAll(files: readonly string[]): Promise<Tally> {
  const pure = files.filter(isPure);
  const tallies: Tally[] = pure.length > 0 ? [await runPure(pure)] : [];
  for (const file of files.filter((one) => ALONE.has(one))) tallies.push(await runFiles(file, [file]));
  const waiting = files
    .filter((file) => !isPure(file) && !ALONE.has(file))
    .sort((one, other) => weight(one) - weight(other));
  const lane = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      tallies.push(await runFiles(file, [file]));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return add(tallies);
}

/** Two processes share the pure files: nearly twice as fast on two cores. */
async function runPure(files: readonly string[]): Promise<Tally> {
  const halves = [0, 1].map((half) => files.filter((_, index) => index % 2 === half)).filter((half) => half.length > 0);
  return add(await Promise.all(halves.map((half, index) => runFiles(`pure, ${index + 1} of ${halves.length}`, half))));
}

function show(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`;
}

/** Runs a tool to its end with its output shown only if it fails. */
async function tool(name: string, argv: readonly string[], cwd = ROOT): Promise<Tally> {
  const child = Bun.spawn([process.execPath, ...argv], { cwd, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${name}`);
  if (code === 0) return { passed: 1, failed: 0, skipped: 0 };
  console.log(`${stdout}\n${stderr}`.trim());
  return FAILED;
}

/** A lint that finds nothing in a file with a floating promise checks nothing. Our own rules, without the folders they leave out. */
async function lintCanary(): Promise<Tally> {
  const rules = JSON.parse(readFileSync(join(ROOT, ".oxlintrc.json"), "utf8")) as Record<string, unknown>;
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  const directory = mkdtempSync(join(ROOT, "dist", "lint-canary-"));
  const write = (name: string, content: string): void => writeFileSync(join(directory, name), content);
  write("canary.ts", "export function canary(): void {\n  Promise.resolve(1);\n}\n");
  write("tsconfig.json", '{"compilerOptions":{"strict":true,"noEmit":true},"include":["*.ts"]}');
  write(".oxlintrc.json", JSON.stringify({ ...rules, ignorePatterns: [] }));
  const argv = [join(ROOT, "node_modules/oxlint/bin/oxlint"), "--type-aware", "--no-ignore", "canary.ts"];
  const child = Bun.spawn([process.execPath, ...argv], { cwd: directory, stdout: "pipe", stderr: "pipe" });
  const said = (await new Response(child.stdout).text()) + (await new Response(child.stderr).text());
  const caught = (await child.exited) !== 0 && said.includes("no-floating-promises");
  rmSync(directory, { recursive: true });
  console.log(`${caught ? "ok  " : "FAIL"} the lint finds a floating promise`);
  if (!caught) console.log(said);
  return caught ? { passed: 1, failed: 0, skipped: 0 } : FAILED;
}

async function check(): Promise<Tally> {
  return add([
    await tool("format and style", ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings"]),
    await tool("types", ["node_modules/typescript/bin/tsc", "-p", "."]),
    await tool("lint", ["node_modules/oxlint/bin/oxlint", "--type-aware", "--deny-warnings"]),
    await lintCanary(),
    await runFiles("architecture", testFiles(["test/architecture.test.ts", "test/repository.test.ts"])),
  ]);
}

/** The whole of it, in a network namespace of its own: no port, bridge or firewall rule of this machine is met. */
async function everything(paths: readonly string[]): Promise<Tally> {
  const files = testFiles(paths);
  const foreign = process.env["TALLYMAN_TEST_DOCKER_HOST"] !== undefined;
  if (process.env[INSIDE] !== undefined) {
    const tested = await withEngine(files);
    return process.env[INSIDE] === "unbuilt" ? add([tested, FAILED]) : tested;
  }
  await prepareHost(["tests"]);
  const env: Record<string, string | undefined> = { ...process.env, [INSIDE]: "1" };
  if (files.some((file) => !isPure(file))) {
    const built = await tool("build", ["build.ts"]);
    if (built.failed === 0) env["TALLYMAN_TEST_BINARY"] = keepBinary();
    else env[INSIDE] = "unbuilt";
    env["TALLYMAN_TEST_COMPOSE"] = (await composePlugin()) ?? "";
  }
  const isolated = !foreign && process.getuid?.() === 0 ? ["unshare", "--net", "--"] : [];
  const child = Bun.spawn([...isolated, process.execPath, import.meta.path, ...process.argv.slice(2)], {
    cwd: ROOT,
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const code = await child.exited;
  if (env["TALLYMAN_TEST_BINARY"] !== undefined) rmSync(dirname(env["TALLYMAN_TEST_BINARY"]), { recursive: true });
  process.exit(code);
}

/** A copy that no other build can take away during the run. */
function keepBinary(): string {
  const copy = join(mkdtempSync(join(tmpdir(), "tallyman-binary-")), "tallyman");
  copyFileSync(join(ROOT, "dist/tallyman"), copy);
  chmodSync(copy, 0o755);
  return copy;
}

async function withEngine(files: readonly string[]): Promise<Tally> {
  Bun.spawnSync([programPath("ip") ?? "ip", "link", "set", "lo", "up"], { stderr: "ignore" });
  if (process.env["TALLYMAN_TEST_DOCKER_HOST"] !== undefined) return runAll(files);
  if (!files.some((file) => !isPure(file))) return runAll(files);
  const { engine, stop } = await startPrivateEngine();
  process.env["TALLYMAN_TEST_ENGINE"] = engine.socketPath;
  console.log(`a private Engine ${engine.version} is up`);
  try {
    return await runAll(files);
  } finally {
    await stop();
  }
}

async function main(words: readonly string[]): Promise<Tally> {
  if (words[0] === "check") return check();
  if (words[0] === "unit") return runPure(testFiles(words.slice(1)).filter(isPure));
  return everything(words);
}

let tally: Tally;
try {
  tally = await main(process.argv.slice(2));
} catch (thrown) {
  console.log(thrown instanceof Error ? thrown.message : String(thrown));
  tally = FAILED;
}
if (tally.passed + tally.failed === 0) {
  console.log("no test ran");
  tally = FAILED;
}
console.log(show(tally));
process.exit(tally.failed === 0 ? 0 : 1);
