import { describe, expect, test } from "bun:test";
import type { UpOptions } from "../../src/cli/tools.ts";
import { isOn } from "../../src/cli/up-request.ts";
import { project, run, TOOLS } from "./run.ts";

const shop = project({ services: { web: { command: null, entrypoint: null, image: "web:1" } } });

/** What `up` was asked for under these variables, or how it ended. */
async function asked(words: readonly string[], environment: readonly string[], loaded = shop) {
  const asked: UpOptions[] = [];
  const compose = {
    ...TOOLS.compose,
    load: async () => loaded,
    environment: async () => environment,
    up: async (...[, , options]: Parameters<typeof TOOLS.compose.up>) => {
      asked.push(options);
      return [];
    },
  };
  const { code, stderr } = await run(["compose", "up", ...words], { compose });
  return { code, stderr, options: asked[0] };
}

describe("orphans", () => {
  test("stay, with a warning, when nothing is said", async () => {
    expect((await asked([], ["COMPOSE_REMOVE_ORPHANS=0"])).options).toMatchObject({ removeOrphans: false });
    expect((await asked([], [])).options?.ignoreOrphans).toBeUndefined();
  });

  test("go when COMPOSE_REMOVE_ORPHANS says so", async () => {
    expect((await asked([], ["COMPOSE_REMOVE_ORPHANS=true"])).options).toMatchObject({ removeOrphans: true });
  });

  test("stay without a word when COMPOSE_IGNORE_ORPHANS says so", async () => {
    const { options } = await asked([], ["COMPOSE_IGNORE_ORPHANS=1"]);
    expect(options).toMatchObject({ removeOrphans: false, ignoreOrphans: true });
  });

  test("cannot be removed and ignored", async () => {
    expect(await asked(["--remove-orphans"], ["COMPOSE_IGNORE_ORPHANS=1"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("cannot combine COMPOSE_IGNORE_ORPHANS and --remove-orphans"),
    });
  });
});

test("a file of which no service is enabled is refused", async () => {
  const ended = await asked([], [], project({ disabledServices: ["web"] }));
  expect(ended).toMatchObject({ options: undefined, stderr: expect.stringContaining("no service selected") });
  expect(ended.code).not.toBe(0);
});

test("a variable is on as Docker Compose reads it", () => {
  const values = ["1", "t", "TRUE", " y ", "yes", "on", "0", ""];
  const expected = [true, true, true, true, false, false, false, false];
  expect(values.map((value) => isOn("A", ["AB=1", `A=${value}`]))).toEqual(expected);
});
