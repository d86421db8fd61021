import { afterEach, describe, expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import { Reconciler } from "../../src/reconcile/reconciler.ts";
import type { Source } from "../../src/source.ts";
import { JumpingClock, memoryFlow, sampleStack } from "../support/flow.ts";
import { sampleProject } from "../support/sample-project.ts";
import { until } from "../support/waiting.ts";

// Two hundred stacks; some of them hang, some throw what nobody expects.

const COUNT = 200;
const REST_MS = 30_000;

/** Lets waits inside a pass jump; between two passes nobody comes back before the test is over. */
class OnePassClock extends JumpingClock {
  readonly rests: number[] = [];
  #random = 0;

  override async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (milliseconds < REST_MS) return await super.sleep(milliseconds, signal);
    // A pass is watched in whole intervals; the rest after it is never exactly one.
    if (milliseconds !== sampleStack.intervalMs) this.rests.push(milliseconds);
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  }

  override random(): number {
    this.#random = (this.#random + 0.3719) % 1;
    return this.#random;
  }
}

let running: Reconciler | null = null;

afterEach(async () => {
  await running?.stop();
  running = null;
});

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

type Fault = (signal: AbortSignal) => Promise<never>;

/** Starts them all; `faults` says which ones meet what, and where. */
async function started(faults: Readonly<Partial<Record<"head" | "checkout", (number: number) => Fault | null>>>) {
  const flow = memoryFlow();
  const clock = new OnePassClock();
  flow.engine.addImage("web:1", "healthy");
  const numberOf = (name: string) => Number(name.slice("stack-".length));
  const names = Array.from({ length: COUNT }, (_, number) => `stack-${number}`);
  for (const name of names) flow.source.commits.set(name, sampleProject({ web: {} }, name));
  const { source } = flow;
  const faulty: Source = {
    head: async (stack, signal) => {
      await faults.head?.(numberOf(stack.name))?.(signal);
      return { commit: stack.name, ref: "refs/heads/main" };
    },
    checkout: async (stack, revision, signal) => {
      await faults.checkout?.(numberOf(stack.name))?.(signal);
      return await source.checkout(stack, revision);
    },
    switchTree: (stack, checkout) => source.switchTree(stack, checkout),
    discard: () => source.discard(),
    keep: (stack, checkout) => source.keep(stack, checkout),
    keepOnly: (stack, commits) => source.keepOnly(stack, commits),
  };
  running = new Reconciler({ ...flow.parts, source: faulty, clock });
  await running.start(names.map((name) => ({ ...sampleStack, name, project: name })));
  const healthy = () => flow.history.rows.filter(({ status }) => status === "healthy").map(({ stack }) => stack);
  return { ...flow, clock, reconciler: running, healthy };
}

describe(`of ${COUNT} stacks`, () => {
  test("those whose server answers are deployed while a tenth hangs in its probe and a tenth in its fetch", async () => {
    const { healthy, reconciler } = await started({
      head: (number) => (number % 10 === 3 ? untilAborted : null),
      checkout: (number) => (number % 10 === 7 ? untilAborted : null),
    });
    await until("all others are healthy", () => healthy().length === COUNT * 0.8, 60_000);
    expect(healthy().filter((name) => /[37]$/.test(name))).toEqual([]);
    expect(await reconciler.status("stack-0")).toMatchObject({ state: "in-sync" });
  }, 60_000);

  test("none is hurt by another's bug, and what threw is looked at again later", async () => {
    const bug: Fault = () => Promise.reject(new TypeError("undefined is not a function"));
    const { healthy, reconciler, clock } = await started({
      head: (number) => (number === 5 ? bug : null),
      checkout: (number) => (number === 6 ? bug : null),
    });
    await until("all others are healthy", () => healthy().length === COUNT - 2, 60_000);
    for (const name of ["stack-5", "stack-6"])
      expect(await reconciler.status(name)).toMatchObject({ trouble: "Internal" });
    expect(clock.rests.length).toBeGreaterThanOrEqual(COUNT - 2);
  }, 60_000);

  test("none comes back at the same moment as all the others", async () => {
    const { clock } = await started({});
    await until("all rest", () => clock.rests.length >= COUNT, 60_000);
    const { intervalMs } = sampleStack;
    expect(Math.min(...clock.rests)).toBeGreaterThanOrEqual(intervalMs * 0.9);
    expect(Math.max(...clock.rests)).toBeLessThanOrEqual(intervalMs * 1.1);
    expect(new Set(clock.rests.map((rest) => Math.floor(rest / 1_000))).size).toBeGreaterThan(9);
  }, 60_000);
});

test("what an unreachable Engine keeps from all at once is no end of any lane", async () => {
  const { engine, healthy, clock } = await started({});
  await until("all rest", () => clock.rests.length >= COUNT, 60_000);
  engine.observe = () => Promise.reject(new TallymanError("EngineUnreachable", "gone"));
  expect(await running?.run("stack-1", "deploy")).toMatchObject({ outcome: "failed" });
  expect(await running?.run("stack-2", "deploy")).toMatchObject({ outcome: "failed" });
  expect(healthy()).toHaveLength(COUNT);
}, 60_000);
