import { describe, expect, test } from "bun:test";
import {
  asTyped,
  type ComposeUpOptions,
  onceRecreated,
  planOptions,
  warnsOfOrphans,
} from "../../src/reconcile/compose-options.ts";
import { sampleProject } from "../support/sample-project.ts";

const project = sampleProject({ web: {}, db: {} });
const plain = { start: true, removeOrphans: false, waitMs: null };

/** `never`, or the sorted names of what is made anew though nothing changed. */
function recreated(options: Partial<ComposeUpOptions>): string | readonly string[] {
  const { recreate } = planOptions(project, { ...plain, ...options }, false).basis;
  return recreate === "never" ? recreate : [...(recreate ?? [])].sort();
}

describe("what is made anew though nothing changed", () => {
  test("nothing, unless somebody asks", () => {
    expect(recreated({})).toEqual([]);
    expect(recreated({ serviceNames: ["web"] })).toEqual([]);
  });

  test("with --force-recreate the named services, not what they depend on", () => {
    expect(recreated({ recreate: "always" })).toEqual(["db", "web"]);
    expect(recreated({ recreate: "always", serviceNames: ["web"] })).toEqual(["web"]);
  });

  test("with --renew-anon-volumes the same", () => {
    expect(recreated({ renewVolumes: true, serviceNames: ["web"] })).toEqual(["web"]);
  });

  test("with --always-recreate-deps what the named ones depend on", () => {
    expect(recreated({ recreateDependencies: true, serviceNames: ["web"] })).toEqual(["db"]);
    expect(recreated({ recreateDependencies: true })).toEqual([]);
    expect(recreated({ recreateDependencies: true, recreate: "always", serviceNames: ["web"] })).toEqual(["db", "web"]);
  });

  test("with --no-recreate nothing, changed or not", () => {
    expect(recreated({ recreate: "never" })).toBe("never");
  });

  test("is made anew once in one command", () => {
    const all = { ...plain, recreate: "always", recreateDependencies: true, renewVolumes: true } as const;
    expect(planOptions(project, onceRecreated(all), true).basis.recreate).toBeUndefined();
    expect(onceRecreated({ ...plain, recreate: "never" }).recreate).toBe("never");
  });
});

test("of orphans is warned unless they go, or nobody wants to hear of them", () => {
  expect(warnsOfOrphans(plain)).toBe(true);
  expect(warnsOfOrphans({ ...plain, removeOrphans: true })).toBe(false);
  expect(warnsOfOrphans({ ...plain, ignoreOrphans: true })).toBe(false);
});

test("what a person typed stands in the place of what containers say of themselves", () => {
  const container = { id: "c", name: "shop-web-1" };
  const stop = {
    kind: "stop-container",
    serviceName: "web",
    number: 1,
    container,
    cause: "changed",
    after: [],
  } as const;
  const start = { ...stop, kind: "start-container" } as const;
  const made = { project: "shop", operations: [stop, start] };
  expect(asTyped(made, { graceSeconds: 0 }).operations).toEqual([{ ...stop, graceSeconds: 0 }, start]);
  expect(asTyped(made, {})).toEqual(made);
});
