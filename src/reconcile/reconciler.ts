import { serviceHash } from "../compose/hash.ts";
import type { Trigger } from "../deployment.ts";
import { asTallymanError, TallymanError } from "../error.ts";
import type { ObservedContainer } from "../observed-state.ts";
import { planDown } from "../plan/plan-down.ts";
import { observeQuery, plan } from "../plan/planner.ts";
import { type PlanReport, reportPlan } from "../plan.ts";
import { emptyProject } from "../project.ts";
import type { Revision } from "../revision.ts";
import type { Stack, StackStatus } from "../stack.ts";
import { applyPlan } from "./apply-plan.ts";
import { Lane } from "./lane.ts";
import type { PassParts, PassResult } from "./pass.ts";
import { loadRequestOf } from "./stack-settings.ts";
import { stackStatus } from "./stack-status.ts";

const STATUS_DEADLINE_MS = 5_000;
const STATUS_HISTORY = 50;
const REMOVE_DEADLINE_MS = 300_000;

/** Keeps every stack's lane: who reconciles, when, and what is known of it. */
export class Reconciler {
  readonly #parts: PassParts;
  readonly #lanes = new Map<string, Lane>();

  constructor(parts: PassParts) {
    this.#parts = parts;
  }

  /** Marks what the end of the last process cut off, then gives every stack a lane, whose first pass converges whatever it finds. */
  async start(stacks: readonly Stack[]): Promise<void> {
    for (const cut of await this.#parts.history.markInterrupted()) {
      this.#parts.log("warn", "a deployment was interrupted, it is judged again", {
        stack: cut.stack,
        deployment: cut.id,
      });
    }
    for (const stack of stacks) this.adopt(stack);
  }

  /** Ends all lanes: operations under way are awaited, attempts are recorded as interrupted. */
  async stop(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.stop()));
  }

  /** Gives a new stack its lane and first pass; one that has its lane keeps it. */
  adopt(stack: Stack): void {
    if (this.#lanes.has(stack.name)) return;
    const lane = new Lane(stack, this.#parts);
    this.#lanes.set(stack.name, lane);
    lane.start();
  }

  /** Stops and removes the stack's containers and networks. Volumes, files and history stay. When that fails the stack stays as well. */
  async remove(stackName: string): Promise<void> {
    const lane = this.#lane(stackName);
    await lane.stop();
    this.#lanes.delete(stackName);
    try {
      await this.#takeDown(lane.stack);
    } catch (thrown) {
      this.adopt(lane.stack);
      throw thrown;
    }
  }

  /** Asks for a pass and resolves at its end. Throws NotFound. */
  async run(stackName: string, trigger: Trigger): Promise<PassResult> {
    return await this.#lane(stackName).run(trigger);
  }

  async status(stackName: string): Promise<StackStatus> {
    const lane = this.#lane(stackName);
    const { history } = this.#parts;
    return stackStatus({
      stack: lane.stack,
      lane: lane.view(),
      history: await history.list(stackName, STATUS_HISTORY),
      release: await history.lastRelease(stackName),
      containers: await this.#containersOf(lane.stack),
    });
  }

  async statuses(): Promise<readonly StackStatus[]> {
    return await Promise.all([...this.#lanes.keys()].sort().map((stackName) => this.status(stackName)));
  }

  /** What a pass would do now, changing nothing. */
  async preview(stackName: string): Promise<PlanReport> {
    const lane = this.#lane(stackName);
    return await lane.exclusively((signal) => this.#preview(lane.stack, signal));
  }

  /** Asks the remote once, and tells what came of it as a value. */
  async probe(
    stack: Stack,
  ): Promise<
    { readonly ok: true; readonly revision: Revision } | { readonly ok: false; readonly error: TallymanError }
  > {
    try {
      return { ok: true, revision: await this.#parts.source.head(stack, AbortSignal.timeout(20_000)) };
    } catch (thrown) {
      return { ok: false, error: asTallymanError(thrown) };
    }
  }

  async #takeDown({ project }: Stack): Promise<void> {
    const { engine, clock } = this.#parts;
    const signal = AbortSignal.timeout(REMOVE_DEADLINE_MS);
    const observed = await engine.observe({ project, images: [], networks: [], volumes: [] }, signal);
    const down = planDown(observed, { volumes: false, cause: "the stack was removed" });
    const nothing = (): void => undefined;
    const parts = {
      engine,
      clock,
      project: emptyProject(project),
      observed,
      labels: {},
      onStep: nothing,
      onProgress: nothing,
    };
    await applyPlan(down, parts, signal);
  }

  async #preview(stack: Stack, signal: AbortSignal): Promise<PlanReport> {
    const { source, engine, load, filesOf, checkSupported, contextDigests, placeOf } = this.#parts;
    const revision = await source.head(stack, signal);
    const checkout = await source.checkout(stack, revision, signal);
    try {
      const project = load(filesOf(checkout), loadRequestOf(stack, checkout.live));
      checkSupported(project);
      const observed = await engine.observe(observeQuery(project), signal);
      const basis = { pins: {}, previous: null, hashOf: serviceHash };
      const contexts = await contextDigests(project, placeOf(checkout), signal);
      const builds = { contexts, force: false, pullFirst: false };
      const how = { settled: true, prune: true, changedVolumes: "refuse", rerunJobs: false, start: true } as const;
      return reportPlan(plan(project, observed, { basis, refreshImages: false, builds, ...how }), revision.commit);
    } finally {
      await source.discard(stack, checkout);
    }
  }

  async #containersOf({ project }: Stack): Promise<readonly ObservedContainer[] | null> {
    try {
      const query = { project, images: [], networks: [], volumes: [] };
      return (await this.#parts.engine.observe(query, AbortSignal.timeout(STATUS_DEADLINE_MS))).containers;
    } catch {
      return null;
    }
  }

  #lane(stackName: string): Lane {
    const lane = this.#lanes.get(stackName);
    if (lane) return lane;
    throw new TallymanError("NotFound", `there is no stack named "${stackName}"`, {
      hint: "`tallyman stack list` shows the names.",
    });
  }
}
