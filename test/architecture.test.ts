import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Glob } from "bun";
import {
  budget,
  circles,
  importBreaches,
  knowledgeBreaches,
  purityBreaches,
  type SourceFile,
  shapeBreaches,
  untested,
  wordBreaches,
} from "./support/architecture.ts";
import { functionsOf, importsOf } from "./support/source-text.ts";

const ROOT = resolve(import.meta.dir, "..");

function filesOf(pattern: string): readonly SourceFile[] {
  const paths = [...new Glob(pattern).scanSync({ cwd: ROOT })].sort();
  return paths.map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}

const product = [...filesOf("src/**/*.{ts,tsx}"), ...filesOf("views/**/*.{ts,tsx}")];
const tests = filesOf("test/**/*.{ts,tsx}").filter((file) => !file.path.startsWith("test/fixtures/"));

describe("the house", () => {
  test("folders import only what they may", () => expect(importBreaches(product)).toEqual([]));
  test("pure folders are pure", () => expect(purityBreaches(product)).toEqual([]));
  test("each technology is known in one folder", () => expect(knowledgeBreaches(product)).toEqual([]));
  test("no imports go in a circle", () => expect(circles(product)).toEqual([]));
  test("files have the house's shape and names", () => expect(shapeBreaches([...product, ...tests])).toEqual([]));
  test("nothing is put off, silenced or skipped", () => {
    expect(wordBreaches([...product, ...tests])).toEqual([]);
  });
  test("every pure and flow file has its test", () => {
    expect(untested(product, new Set(tests.map((file) => file.path)))).toEqual([]);
  });
  test("no file and no function is too long", () => {
    const { report, breaches } = budget(product);
    console.log(report);
    expect(breaches).toEqual([]);
  });
});

describe("the rules can fail", () => {
  const file = (path: string, text: string): SourceFile => ({ path, text });

  test("an edge that imports another edge, a type import too", () => {
    expect(importBreaches([file("src/git/a.ts", 'import type { B } from "../docker/b.ts";')])).toHaveLength(1);
    expect(importBreaches([file("src/cli/a.ts", 'export { b } from "../web/b.ts";')])).toHaveLength(1);
    expect(importBreaches([file("src/git/a.ts", 'const b = await import("../store/b.ts");')])).toHaveLength(1);
    expect(importBreaches([file("src/error.ts", 'import { plan } from "./plan/planner.ts";')])).toHaveLength(1);
    expect(importBreaches([file("views/a.tsx", 'import { store } from "../src/store/b.ts";')])).toHaveLength(1);
  });
  test("what may be imported is not reported", () => {
    const sample = [
      file(
        "src/reconcile/a.ts",
        'import { plan } from "../plan/planner.ts";\nimport type { Stack } from "../stack.ts";',
      ),
      file("src/web/a.ts", 'import { page } from "../../views/page.tsx";'),
      file("src/main.ts", 'import { git } from "./git/git-source.ts";'),
      file("views/a.tsx", 'import type { Stack } from "../src/stack.ts";'),
    ];
    expect(importBreaches(sample)).toEqual([]);
  });
  test("a comment or a string imports nothing", () => {
    expect(importsOf('// import x from "../a.ts"\nconst s = `import y from "../b.ts"`;')).toEqual([]);
    expect(importsOf('import {\n  a,\n  type B,\n} from "./c.ts";\nimport "./d.ts";')).toEqual(["./c.ts", "./d.ts"]);
  });
  test("clock, randomness, timers, packages and node in a pure file", () => {
    const impure = [
      "Date.now()",
      "new Date()",
      "Math.random()",
      "fetch(x)",
      "setTimeout(f, 1)",
      "Bun.file(x)",
      "process.pid",
    ];
    for (const code of impure)
      expect(purityBreaches([file("src/plan/a.ts", `export const a = ${code};`)])).toHaveLength(1);
    expect(purityBreaches([file("src/plan/a.ts", 'import "node:fs";')])).toHaveLength(1);
    expect(purityBreaches([file("src/plan/a.ts", 'import { parse } from "yaml";')])).toHaveLength(1);
    expect(purityBreaches([file("src/compose/a.ts", 'import { parse } from "yaml";')])).toEqual([]);
    expect(purityBreaches([file("src/plan/a.ts", "export const a = (at: string) => new Date(at);")])).toEqual([]);
  });
  test("knowledge that belongs elsewhere", () => {
    expect(knowledgeBreaches([file("src/web/a.ts", 'import Docker from "dockerode";')])).toHaveLength(1);
    expect(knowledgeBreaches([file("src/web/a.ts", "const home = process.env['HOME'];")])).toHaveLength(1);
    expect(knowledgeBreaches([file("src/docker/a.ts", 'import Docker from "dockerode";')])).toEqual([]);
  });
  test("a circle of three", () => {
    const sample = [
      file("src/plan/a.ts", 'import "./b.ts";'),
      file("src/plan/b.ts", 'import "./c.ts";'),
      file("src/plan/c.ts", 'import type { A } from "./a.ts";'),
    ];
    expect(circles(sample)).toEqual(["src/plan/a.ts → src/plan/b.ts → src/plan/c.ts → src/plan/a.ts"]);
  });
  test("default exports, barrels, drawers and camel case", () => {
    expect(shapeBreaches([file("src/plan/a.ts", "export default 1;")])).toHaveLength(1);
    expect(
      shapeBreaches([file("src/plan/all.ts", 'export * from "./b.ts";\nexport { c } from "./c.ts";')]),
    ).toHaveLength(1);
    expect(shapeBreaches([file("src/utils/a.ts", "export const a = 1;")])).toHaveLength(1);
    expect(shapeBreaches([file("src/plan/planBuilder.ts", "export const a = 1;")])).toHaveLength(1);
    expect(
      shapeBreaches([file("src/plan/plan-builder.ts", 'import { b } from "./b.ts";\nexport const a = b;')]),
    ).toEqual([]);
  });
  test("a skipped test and a silenced compiler", () => {
    expect(wordBreaches([file("test/a.test.ts", 'test.skip("x", () => {});')])).toHaveLength(1);
    expect(wordBreaches([file("src/a.ts", ["// @ts", "ignore"].join("-"))])).toHaveLength(1);
    expect(wordBreaches([file("src/a.ts", ["// TO", "DO later"].join(""))])).toHaveLength(1);
    expect(wordBreaches([file("src/a.ts", "const a: string = 'fine';")])).toEqual([]);
  });
  test("a pure file without its test, unless it only holds types", () => {
    const sample = [
      file("src/plan/a.ts", "export function a() {}"),
      file("src/shape.ts", "export interface Shape {\n  readonly area: () => number;\n}"),
    ];
    expect(untested(sample, new Set())).toHaveLength(1);
    expect(untested(sample, new Set(["test/plan/a.test.ts"]))).toEqual([]);
  });
  test("long files and long functions", () => {
    const lines = "  work();\n".repeat(70);
    expect(
      budget([file("src/plan/a.ts", `export function a(b: { c: 1 }): Promise<{ d: 1 }> {\n${lines}}`)]).breaches,
    ).toHaveLength(1);
    expect(budget([file("src/plan/a.ts", `if (a) {\n${lines}}`)]).breaches).toEqual([]);
    expect(budget([file("src/plan/a.ts", "const a = 1;\n".repeat(401))]).breaches).toHaveLength(1);
  });
  test("functions of every kind are measured", () => {
    const code =
      "class A {\n  async b<T>(c: T): Promise<void> {\n  }\n}\nconst d = (e: number) => {\n  return [e];\n};\n";
    expect(functionsOf(code)).toEqual([
      { name: "b", line: 2, lines: 2 },
      { name: "=>", line: 5, lines: 3 },
    ]);
  });
});
