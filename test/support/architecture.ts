import { posix } from "node:path";
import { blanked, functionsOf, importsOf } from "./source-text.ts";

/** A source file as the rules see it: path from the repository's root, and text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** One sentence per breach; none means that the rule holds. */
export type Breaches = readonly string[];

const PURE_FOLDERS = new Set(["compose", "plan", "policy", "views", "vocabulary"]);
const FLOW_FOLDERS = new Set(["reconcile"]);
/** Sideways imports; everything else may only import itself and the vocabulary. */
const SIDEWAYS: Readonly<Record<string, readonly string[]>> = {
  reconcile: ["compose", "plan", "policy"],
  web: ["reconcile", "store", "views"],
};
const PURE_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  compose: ["yaml", "ajv", "ajv-formats"],
  views: ["@elysiajs/html", "@kitajs/html"],
};
/** Who alone may know a package. */
const KNOWN_BY: readonly { readonly packages: RegExp; readonly folders: readonly string[] }[] = [
  { packages: /^(dockerode|docker-modem)(\/|$)/, folders: ["docker"] },
  { packages: /^(@libsql\/|libsql(\/|$))/, folders: ["store"] },
  { packages: /^(elysia(\/|$)|@elysiajs\/|@kitajs\/)/, folders: ["web", "views"] },
  { packages: /^ssh2(\/|$)/, folders: ["git"] },
  { packages: /^commander(\/|$)/, folders: ["cli"] },
];
const IMPURE: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: /\bBun\./, what: "Bun" },
  { pattern: /\bprocess\./, what: "process" },
  { pattern: /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bperformance\./, what: "the clock" },
  { pattern: /\bMath\.random\b|\bcrypto\.(randomUUID|getRandomValues)\b/, what: "randomness" },
  { pattern: /(?<![.\w])fetch\(|\bnew WebSocket\b/, what: "the network" },
  { pattern: /(?<![.\w])(setTimeout|setInterval|setImmediate|queueMicrotask)\(/, what: "timers" },
];
const FORBIDDEN_FOLDERS = new Set([
  "utils",
  "util",
  "helpers",
  "lib",
  "types",
  "core",
  "domain",
  "services",
  "common",
  "misc",
]);
const MAX_FILE_LINES = 400;
const MAX_FUNCTION_LINES = 60;

/** `docker` for src/docker/…, `views` for views/…, `vocabulary`, `main` for main.ts and wiring/, `config` for what reads the environment. */
export function folderOf(path: string): string {
  const [top = "", next = ""] = path.split("/");
  if (top !== "src") return top;
  if (path === "src/main.ts" || path.startsWith("src/wiring/")) return "main";
  if (path === "src/config.ts") return "config";
  return path.split("/").length === 2 ? "vocabulary" : next;
}

function isPure(file: SourceFile): boolean {
  return PURE_FOLDERS.has(folderOf(file.path));
}

/** The repository path an import leads to, or null for a package. */
function target(file: SourceFile, specifier: string): string | null {
  return specifier.startsWith(".") ? posix.join(posix.dirname(file.path), specifier) : null;
}

export function importBreaches(files: readonly SourceFile[]): Breaches {
  return files.flatMap((file) =>
    importsOf(file.text).flatMap((specifier) => {
      const path = target(file, specifier);
      if (path === null) return [];
      const [from, to] = [folderOf(file.path), folderOf(path)];
      const allowed = from === "main" || to === from || to === "vocabulary" || (to === "config" && !isPure(file));
      if (allowed || SIDEWAYS[from]?.includes(to)) return [];
      if (isAsset(path)) return [];
      return [`${file.path} (${from}) imports ${path} (${to})`];
    }),
  );
}

/** Files that are carried along as data. */
function isAsset(path: string): boolean {
  return path === "package.json" || /\.(css|min\.js|svg|png|woff2|sql|txt|json)$/.test(path);
}

export function purityBreaches(files: readonly SourceFile[]): Breaches {
  return files.filter(isPure).flatMap((file) => {
    const packages = PURE_PACKAGES[folderOf(file.path)] ?? [];
    const foreign = importsOf(file.text).filter((specifier) => {
      if (specifier.startsWith(".") || isAsset(specifier)) return false;
      return !packages.some((name) => specifier === name || specifier.startsWith(`${name}/`));
    });
    const code = blanked(file.text, true);
    return [
      ...foreign.map((specifier) => `${file.path} is pure but imports ${specifier}`),
      ...IMPURE.filter(({ pattern }) => pattern.test(code)).map(({ what }) => `${file.path} is pure but uses ${what}`),
    ];
  });
}

export function knowledgeBreaches(files: readonly SourceFile[]): Breaches {
  return files.flatMap((file) => {
    const folder = folderOf(file.path);
    const known = importsOf(file.text).filter((specifier) =>
      KNOWN_BY.some(({ packages, folders }) => packages.test(specifier) && !folders.includes(folder)),
    );
    const environment = /\bprocess\.env\b|\bBun\.env\b|import\.meta\.env\b/.test(blanked(file.text, true));
    return [
      ...known.map((specifier) => `${file.path} must not know ${specifier}`),
      ...(environment && folder !== "config" ? [`${file.path} reads the environment`] : []),
    ];
  });
}

/** One breach for every circle found, as the path walked. */
export function circles(files: readonly SourceFile[]): Breaches {
  const paths = new Set(files.map((file) => file.path));
  const edges = new Map(
    files.map((file) => [
      file.path,
      importsOf(file.text)
        .map((specifier) => target(file, specifier))
        .filter((path) => path !== null && paths.has(path)) as string[],
    ]),
  );
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push([...trail.slice(start), path].join(" → "));
    if (start >= 0 || done.has(path)) return;
    for (const next of edges.get(path) ?? []) walk(next, [...trail, path]);
    done.add(path);
  };
  for (const path of paths) walk(path, []);
  return found;
}

export function shapeBreaches(files: readonly SourceFile[]): Breaches {
  return files
    .filter(({ path }) => !path.endsWith(".d.ts"))
    .flatMap((file) => {
      const code = blanked(file.text, true);
      const parts = file.path.split("/");
      const name = parts.at(-1) ?? "";
      const folder = parts.slice(0, -1).find((part) => FORBIDDEN_FOLDERS.has(part));
      const statements = code
        .replace(/^\s*(?:export\s+(?:type\s+)?(?:\*|\{[^}]*\})[^;]*|import\s[^;]*);?/gm, "")
        .trim();
      return [
        ...(/^\s*export\s+default\b/m.test(code) ? [`${file.path} has a default export`] : []),
        ...(statements === "" && file.text.includes("export")
          ? [`${file.path} only passes on what others export`]
          : []),
        ...(folder === undefined ? [] : [`${file.path} lies in a folder named ${folder}`]),
        ...(/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)+$/.test(name) ? [] : [`${file.path} is not named in kebab-case`]),
      ];
    });
}

/** Put together here, so that the rule does not find itself. */
const POSTPONED = new RegExp(
  `\\b(${[
    ["TO", "DO"],
    ["FIX", "ME"],
  ]
    .map((halves) => halves.join(""))
    .join("|")})\\b`,
);
const FORBIDDEN_WORDS: readonly { readonly pattern: RegExp; readonly what: string; readonly alsoComments: boolean }[] =
  [
    { pattern: /\b(test|it|describe)\.(skip|only|todo)\b/, what: "a test that does not run", alsoComments: false },
    { pattern: /@ts-(ignore|expect-error|nocheck)/, what: "a silenced compiler", alsoComments: true },
    { pattern: POSTPONED, what: "work put off", alsoComments: true },
    { pattern: /\bas any\b|: any\b|<any>/, what: "any", alsoComments: false },
  ];

/** What must not be in committed code. */
export function wordBreaches(files: readonly SourceFile[]): Breaches {
  return files.flatMap((file) => {
    const code = blanked(file.text, true);
    return FORBIDDEN_WORDS.filter(({ pattern, alsoComments }) => pattern.test(alsoComments ? file.text : code)).map(
      ({ what }) => `${file.path} holds ${what}`,
    );
  });
}

/** Pure and flow files with functions whose test does not lie at the mirrored path. */
export function untested(files: readonly SourceFile[], tests: ReadonlySet<string>): Breaches {
  return files
    .filter((file) => PURE_FOLDERS.has(folderOf(file.path)) || FLOW_FOLDERS.has(folderOf(file.path)))
    .filter((file) => /\bfunction\b|=>\s|^export class /m.test(withoutTypes(blanked(file.text, true))))
    .filter((file) => mirrored(file.path).every((path) => !tests.has(path)))
    .map((file) => `${file.path} has no ${mirrored(file.path)[0]}`);
}

/** `test/plan/planner.test.ts` for src/plan/planner.ts, `test/views/…` for views/…; a .tsx file may have a test of either kind. */
function mirrored(path: string): readonly string[] {
  const stem = path.replace(/^src\//, "").replace(/\.tsx?$/, "");
  return [`test/${stem}.test.ts`, `test/${stem}.test.tsx`];
}

/** Interfaces and type aliases have arrows too, but nothing to test. */
function withoutTypes(code: string): string {
  return code.replace(/^(?:export )?interface [\s\S]*?^\}/gm, "").replace(/^(?:export )?type [\s\S]*?;\s*$/gm, "");
}

export interface Budget {
  readonly report: string;
  readonly breaches: Breaches;
}

export function budget(files: readonly SourceFile[]): Budget {
  const lengths = files.map((file) => ({ path: file.path, lines: file.text.trimEnd().split("\n").length }));
  const functions = files.flatMap((file) => functionsOf(file.text).map((found) => ({ ...found, path: file.path })));
  const comments = files.reduce((sum, file) => sum + commentLines(file.text), 0);
  const total = lengths.reduce((sum, { lines }) => sum + lines, 0);
  const fileSizes = lengths.map(({ lines }) => lines);
  const functionSizes = functions.map(({ lines }) => lines);
  return {
    report:
      `${files.length} files, ${total} lines: median ${quantile(fileSizes, 0.5)} (70), 90 % ${quantile(fileSizes, 0.9)} (220), ` +
      `most ${quantile(fileSizes, 1)} (400); ${functions.length} functions: median ${quantile(functionSizes, 0.5)} (8), ` +
      `90 % ${quantile(functionSizes, 0.9)} (25), most ${quantile(functionSizes, 1)} (60); ` +
      `comments ${((100 * comments) / Math.max(total, 1)).toFixed(1)} % (4-8)`,
    breaches: [
      ...lengths
        .filter(({ lines }) => lines > MAX_FILE_LINES)
        .map(({ path, lines }) => `${path} has ${lines} lines (${MAX_FILE_LINES} at most)`),
      ...functions
        .filter(({ lines }) => lines > MAX_FUNCTION_LINES)
        .map(
          ({ path, name, line, lines }) => `${path}:${line} ${name} has ${lines} lines (${MAX_FUNCTION_LINES} at most)`,
        ),
    ],
  };
}

function commentLines(text: string): number {
  return text.split("\n").filter((line) => /^\s*(\/\/|\/\*|\*)/.test(line)).length;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
