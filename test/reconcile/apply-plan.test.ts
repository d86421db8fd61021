import { expect, test } from "bun:test";
import type { Engine, PerformContext } from "../../src/engine.ts";
import { TallymanError } from "../../src/error.ts";
import type { Operation, Plan, PlannedOperation } from "../../src/plan.ts";
import { emptyProject } from "../../src/project.ts";
import { applyPlan, type Step } from "../../src/reconcile/apply-plan.ts";
import { JumpingClock } from "../support/flow.ts";
import { MemoryEngine } from "../support/memory-engine.ts";

const network = (key: string, after: readonly number[] = []): PlannedOperation => ({
  kind: "create-network",
  networkKey: key,
  name: key,
  cause: "missing",
  after,
});

const plan = (...operations: readonly PlannedOperation[]): Plan => ({ project: "shop", operations });

/** Applies with an Engine whose operations end only when the test says so. */
function controlled(toDo: Plan, signal = new AbortController().signal) {
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const steps: string[] = [];
  const warnings: string[] = [];
  const engine: Engine = Object.assign(new MemoryEngine(() => new Date(0)), {
    async perform(operation: Operation, _context: PerformContext) {
      const name = operation.kind === "create-network" ? operation.name : operation.kind;
      begun.push(name);
      const end = Promise.withResolvers<void>();
      ends.set(name, end);
      await end.promise;
      return { warnings: [`${name} is odd`] };
    },
  });
  const project = emptyProject("shop");
  const observed = { project: "shop", containers: [], networks: [], volumes: [], images: {} };
  const onStep = (step: Step): number => steps.push(`${step.index} ${step.status}`);
  const parts = {
    engine,
    clock: new JumpingClock(),
    project,
    observed,
    labels: {},
    onStep,
    onProgress: () => undefined,
    onWarning: (text: string) => warnings.push(text),
  };
  const done = applyPlan(toDo, parts, signal);
  done.catch(() => undefined);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { begun, ends, steps, warnings, done, turn };
}

test("independent operations run side by side, dependent ones wait", async () => {
  const { begun, ends, done, turn } = controlled(plan(network("a"), network("b"), network("c", [0, 1])));
  await turn();
  expect(begun).toEqual(["a", "b"]);
  ends.get("a")?.resolve();
  await turn();
  expect(begun).toEqual(["a", "b"]);
  ends.get("b")?.resolve();
  await turn();
  expect(begun).toEqual(["a", "b", "c"]);
  ends.get("c")?.resolve();
  await done;
});

test("after a failure nothing more begins, what is under way is awaited, and that failure is told", async () => {
  const { begun, ends, steps, done, turn } = controlled(plan(network("a"), network("b"), network("c", [0])));
  await turn();
  ends.get("a")?.reject(new TallymanError("EngineRefused", "no more subnets"));
  await turn();
  let settled = false;
  done
    .catch(() => undefined)
    .finally(() => {
      settled = true;
    });
  await turn();
  expect([begun, settled]).toEqual([["a", "b"], false]);
  ends.get("b")?.resolve();
  expect(done).rejects.toThrow("no more subnets");
  await done.catch(() => undefined);
  expect(steps).toEqual(["0 running", "1 running", "0 failed", "1 done"]);
});

test("an abort begins nothing more and is told", async () => {
  const abort = new AbortController();
  const { begun, ends, done, turn } = controlled(plan(network("a"), network("b", [0])), abort.signal);
  await turn();
  abort.abort();
  ends.get("a")?.resolve();
  expect(done).rejects.toThrow();
  await done.catch(() => undefined);
  expect(begun).toEqual(["a"]);
});

test("what the Engine warned of is told", async () => {
  const { ends, warnings, done, turn } = controlled(plan(network("a")));
  await turn();
  ends.get("a")?.resolve();
  await done;
  expect(warnings).toEqual(["a is odd"]);
});
