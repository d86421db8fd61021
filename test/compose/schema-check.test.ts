import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { parse } from "yaml";
import { finishedSchemaCheck } from "../../build.ts";
import { schemaCheck } from "../../src/compose/schema-check.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const made = temporaryDirectory("schema-check");
const SAMPLE = join(import.meta.dirname, "../fixtures/create/every-attribute/project/compose.yaml");
const REPLACEMENTS = [null, true, -1, 3_000, 0.5, "", "a b", [], ["x", "x"], {}, { unknown: 1 }];
let finished: typeof schemaCheck;

// As the binary carries it: what build.ts puts in the module's place.
beforeAll(async () => {
  const entry = join(import.meta.dirname, "../../src/compose/schema-check.ts");
  await Bun.build({ entrypoints: [entry], outdir: made.path, target: "bun", plugins: [finishedSchemaCheck] });
  const module: { readonly schemaCheck: typeof schemaCheck } = await import(join(made.path, "schema-check.js"));
  finished = module.schemaCheck;
});
afterAll(() => made.remove());

/** The model once with each of its values replaced by each of the replacements, and once with an unknown key in each mapping. */
function* changed(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) for (const other of changed(item)) yield value.with(index, other);
  } else if (typeof value === "object" && value !== null) {
    yield { ...value, unknown: 1 };
    for (const [key, item] of Object.entries(value))
      for (const other of changed(item)) yield { ...value, [key]: other };
  }
  yield* REPLACEMENTS;
}

test("the finished check in the binary says of every model what the schema says", async () => {
  const model: unknown = parse(await Bun.file(SAMPLE).text());
  const [theirs, ours] = [schemaCheck(), finished()];
  expect(theirs(model)).toBe(true);
  expect(ours(model)).toBe(true);
  let refused = 0;
  for (const other of changed(model)) {
    const accepted = theirs(other);
    if (ours(other) !== accepted || !Bun.deepEquals(ours.errors, theirs.errors)) expect(other).toBe("judged alike");
    refused += accepted ? 0 : 1;
  }
  expect(refused).toBeGreaterThan(1_000);
});

test("the binary has no ajv left to compile schemas with", async () => {
  expect(await Bun.file(join(made.path, "schema-check.js")).text()).not.toContain("compileSchema");
});
