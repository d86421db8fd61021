import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Reason, TallymanError } from "../src/error.ts";
import { statusOf } from "../src/web/error-answer.ts";
import { callSocket, webFixture } from "./web/web-fixture.ts";

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

test("every link of the README and of the docs leads to something that is committed", () => {
  const documents = ["README.md", ...committed().filter((path) => /^docs\/.*\.md$/.test(path))];
  const links = documents.flatMap((file) =>
    [...read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => join(dirname(file), match[1] ?? "")),
  );
  expect(links.length).toBeGreaterThan(0);
  expect(
    links.filter(
      (link) => !committed().some((path) => path === link || path.startsWith(`${link.replace(/\/$/, "")}/`)),
    ),
  ).toEqual([]);
});

/** What people read; the reference of the commands is made from the program and has its own test. */
const GUIDES = ["README.md", "docs/api.md", "docs/deployments.md", "docs/operating.md"];

/** Code as it stands in a text: the spans in a line, and the lines of the blocks. */
function codeIn(file: string): readonly string[] {
  const text = read(file);
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? "");
  const blocks = [...text.matchAll(/^```\n([\s\S]*?)^```/gm)].flatMap((match) => (match[1] ?? "").split("\n"));
  return [...spans, ...blocks];
}

describe("what the guides say to type", () => {
  const reference = read("docs/commands.md");
  const known = new Map(
    reference
      .split(/^## tallyman /m)
      .slice(1)
      .map((section) => [section.split("\n")[0] ?? "", section] as const),
  );
  /** Words in code that begin with `tallyman`, without what comes before the program's own. */
  const typed = GUIDES.flatMap((file) =>
    codeIn(file).flatMap((line) =>
      [...line.matchAll(/(?:^|\s)(?:\.\/dist\/)?tallyman ((?:[a-z][a-z-]*\s?){1,3})([^#]*?)(?=\s{2}|$)/g)].map(
        (match) => ({
          file,
          words: (match[1] ?? "").trim().split(/\s+/),
          rest: match[2] ?? "",
        }),
      ),
    ),
  );
  const commandOf = (words: readonly string[]): string | undefined =>
    [2, 1].map((count) => words.slice(0, count).join(" ")).find((name) => known.has(name));

  test("are commands that exist", () => {
    expect(typed.length).toBeGreaterThan(30);
    const groups = new Set([...known.keys()].map((name) => name.split(" ")[0] ?? ""));
    expect(typed.filter(({ words }) => !commandOf(words) && !groups.has(words[0] ?? ""))).toEqual([]);
  });

  test("with options that they have", () => {
    const wrong = typed.flatMap(({ file, words, rest }) => {
      const section = known.get(commandOf(words) ?? "") ?? "";
      const flags = [...rest.matchAll(/--[a-z][a-z-]*/g)].map(([flag]) => flag);
      return flags
        .filter((flag) => !section.includes(`\`${flag}`))
        .map((flag) => `${file}: ${words.join(" ")} ${flag}`);
    });
    expect(wrong).toEqual([]);
  });

  test("names no option that no command has", () => {
    const others = ["npx --yes", "curl --unix-socket", "--help"];
    const wrong = GUIDES.flatMap((file) =>
      codeIn(file)
        .filter((line) => !others.some((other) => line.includes(other)))
        .flatMap((line) => [...line.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => flag))
        .filter((flag) => !reference.includes(`\`${flag}`) && !reference.includes(`, ${flag}`))
        .map((flag) => `${file}: ${flag}`),
    );
    expect(wrong).toEqual([]);
  });

  test("can be pasted line by line: an explanation is a comment", () => {
    const blocks = ["README.md", "CONTRIBUTING.md"].flatMap((file) => [
      ...read(file).matchAll(/^```\n([\s\S]*?)^```/gm),
    ]);
    const lines = blocks.flatMap(([, block = ""]) => block.split("\n"));
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.filter((line) => /\S {2,}(?!# )\S/.test(line))).toEqual([]);
  });

  test("leaves no command out", () => {
    const told = GUIDES.map(read).join("\n");
    const words = (name: string): boolean =>
      name.split(" ").every((word) => new RegExp(`\\b${word}\\b`).test(told.match(/`[^`\n]+`/g)?.join(" ") ?? ""));
    expect([...known.keys()].filter((name) => !words(name))).toEqual([]);
  });
});

describe("docs/api.md", () => {
  const text = read("docs/api.md");

  test("names every route of the API and no other", async () => {
    await using fixture = await webFixture();
    const { body } = await callSocket(fixture, "GET", "/openapi.json");
    const paths = Object.entries(body["paths"] as Readonly<Record<string, object>>);
    const routes = paths.flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`),
    );
    const named = [...text.matchAll(/`(GET|POST|PUT|PATCH|DELETE) (\/api\/v1\/[\w/:.-]*)/g)];
    expect([...new Set(named.map(([, method, path]) => `${method} ${path}`))].sort()).toEqual(routes.sort());
  });

  test("gives each reason the status that it has", () => {
    const rows = [...text.matchAll(/^\| ([\d, ]+) \| (.*`.*) \| \d \|$/gm)];
    expect(rows.length).toBeGreaterThan(8);
    const wrong = rows.flatMap(([, statuses = "", reasons = ""]) =>
      [...reasons.matchAll(/`([A-Z]\w+)`/g)].flatMap(([, reason]) => {
        const retryAfterMs = statuses === "429" ? 1 : undefined;
        const error = new TallymanError(reason as Reason, "", retryAfterMs === undefined ? {} : { retryAfterMs });
        return statuses.split(", ").includes(`${statusOf(error)}`) ? [] : [`${reason} ${statusOf(error)}`];
      }),
    );
    expect(wrong).toEqual([]);
  });
});
