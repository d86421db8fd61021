import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dir, "..");
const TOP_LEVEL = [
  ".ci",
  ".dockerignore",
  ".gitignore",
  ".oxlintrc.json",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "Dockerfile",
  "LICENSE",
  "README.md",
  "biome.json",
  "build.ts",
  "bun.lock",
  "bunfig.toml",
  "docs",
  "package.json",
  "src",
  "test",
  "tsconfig.json",
  "views",
];
/** Hosts of registries, put together here so that this file does not name one. */
const REGISTRY_HOSTS = [
  ["registry", "npmjs", "org"],
  ["registry", "yarnpkg", "com"],
  ["npm", "pkg", "github", "com"],
  ["deb", "debian", "org"],
  ["pypi", "org"],
].map((parts) => parts.join("."));

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

function committed(): readonly string[] {
  const listed = Bun.spawnSync(["git", "ls-files", "-z"], { cwd: ROOT });
  if (!listed.success) throw new Error(`git ls-files: ${listed.stderr.toString()}`);
  return listed.stdout
    .toString()
    .split("\0")
    .filter((path) => path !== "" && existsSync(join(ROOT, path)));
}

test("there is one lock file, and it names no place to download from", () => {
  const locks = committed().filter((path) =>
    /(^|\/)(bun\.lockb?|package-lock\.json|yarn\.lock|pnpm-lock\.yaml)$/.test(path),
  );
  expect(locks).toEqual(["bun.lock"]);
  expect(read("bun.lock")).toContain('"lockfileVersion"');
  expect(read("bun.lock")).not.toMatch(/https?:\/\//);
});

test("no committed file names a package registry's host", () => {
  const naming = committed().filter((path) => {
    const text = read(path);
    return REGISTRY_HOSTS.some((host) => text.includes(host));
  });
  expect(naming).toEqual([]);
});

test("no committed file names this machine", () => {
  const own = [
    ["", "work", "main"],
    ["", "work", "shared"],
    ["", "tmp", "brief"],
  ].map((parts) => parts.join("/"));
  expect(committed().filter((path) => own.some((place) => read(path).includes(place)))).toEqual([]);
});

test("every dependency is pinned to one version", () => {
  const manifest = JSON.parse(read("package.json")) as Record<string, Record<string, string> | undefined>;
  const versions = Object.entries({ ...manifest["dependencies"], ...manifest["devDependencies"] });
  expect(versions.length).toBeGreaterThan(0);
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

test("the top level holds only what belongs there", () => {
  const entries = new Set(committed().map((path) => path.split("/")[0] ?? ""));
  expect([...entries].filter((entry) => !TOP_LEVEL.includes(entry))).toEqual([]);
});

test("every script that the README names exists", () => {
  const manifest = JSON.parse(read("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
  const named = [...read("README.md").matchAll(/\bbun(?:@[\d.]+)? run ([\w:]+)/g)].map((match) => match[1] ?? "");
  expect(named).toContain("demo");
  expect(named).toContain("test");
  expect(named.filter((script) => manifest.scripts[script] === undefined)).toEqual([]);
});

test("the continuous integration calls the README's own test command", () => {
  const line = "npx --yes bun@1.4.5 run test";
  expect(read("README.md")).toContain(line);
  expect(read(".ci/run")).toContain(line);
});

test("the map of the source is short, and every file and question that it names is there", () => {
  const map = read("src/README.md");
  expect(map.trimEnd().split("\n").length).toBeLessThanOrEqual(100);
  const files = [...map.matchAll(/(?<![\w/.])((?:[a-z-]+\/)*[a-z-]+(?:\.test)?\.ts)\b/g)].map(
    (match) => match[1] ?? "",
  );
  expect(files.length).toBeGreaterThan(5);
  expect(
    files.filter((file) => !existsSync(join(ROOT, "src", file)) && !existsSync(join(ROOT, file)) && !anywhere(file)),
  ).toEqual([]);
  const questions = [...map.matchAll(/^\| [^|]+\? \| `(\w+)\([^|]*\| `([^`]+)` \|$/gm)];
  expect(questions.length).toBe(4);
  for (const [, name, file] of questions) expect(read(`src/${file}`)).toContain(`export function ${name}(`);
});

/** A file that the map names without its folder. */
function anywhere(file: string): boolean {
  return !file.includes("/") && committed().some((path) => path.startsWith("src/") && path.endsWith(`/${file}`));
}

test("every link of the README leads to something that is committed", () => {
  const links = [...read("README.md").matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? "");
  expect(links.length).toBeGreaterThan(0);
  expect(
    links.filter(
      (link) => !committed().some((path) => path === link || path.startsWith(`${link.replace(/\/$/, "")}/`)),
    ),
  ).toEqual([]);
});
