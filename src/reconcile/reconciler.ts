import { serviceHash } from "../compose/hash.ts";
import type { Trigger } from "../deployment.ts";
import { asTallymanError, TallymanError } from "../error.ts";
import { COMPOSE_LABEL, TALLYMAN_LABEL } from "../label.ts";
import { planDown } from "../plan/plan-down.ts";
import { type PlanReport, reportPlan } from "../plan.ts";
import { emptyProject } from "../project.ts";
import type { Revision } from "../revision.ts";
import type { Drift, Stack, StackStatus } from "../stack.ts";
import { applyPlan } from "./apply-plan.ts";
import { atRef } from "./at-ref.ts";
import { ContainerLooks } from "./container-looks.ts";
import { EngineWatch } from "./engine-watch.ts";
import { Lane } from "./lane.ts";
import { loadCheckout } from "./load-checkout.ts";
import type { PassParts, PassResult } from "./pass.ts";
import { stackStatus } from "./stack-status.ts";
import { survey } from "./survey.ts";

const STATUS_HISTORY = 50;
const REMOVE_DEADLINE_MS = 300_000;
const LOOK_DEADLINE_MS = 20_000;

/** A Compose project that runs on the Engine, whoever made it. */
export interface FoundProject {
  readonly project: string;
  readonly containers: number;
  readonly services: readonly string[];
  /** As Docker Compose noted them on its containers; empty when it did not. */
  readonly workingDir: string;
  readonly configFiles: readonly string[];
  /** Instance of the Tallyman that made one of its containers; null when none did. */
  readonly byTallyman: string | null;
}

/** What came of asking a remote once. */
export type ProbeResult =
  | { readonly ok: true; readonly revision: Revision }
  | { readonly ok: false; readonly error: TallymanError };

/** Keeps every stack's lane: who reconciles, when, and what is known of it. */
export class Reconciler {
  readonly #parts: PassParts;
  readonly #lanes = new Map<string, Lane>();
  readonly #watch: EngineWatch;
  readonly #looks: ContainerLooks;
  /** Stacks are taken down one after the other, once no deployment needs the host. */
  #removals: Promise<unknown> = Promise.resolve();

  constructor(parts: PassParts) {
    this.#parts = parts;
    this.#looks = new ContainerLooks(parts);
    this.#watch = new EngineWatch(parts, {
      onChange: (project) => this.#somethingMoved(project),
      onReturn: () => {
        for (const lane of this.#lanes.values()) this.#lookSoon(lane);
      },
    });
  }

  /** Marks what the end of the last process cut off, then gives every stack a lane, whose first pass converges whatever it finds. */
  async start(stacks: readonly Stack[]): Promise<void> {
    for (const cut of await this.#parts.history.markInterrupted()) {
      this.#parts.log("warn", "a deployment was interrupted, it is judged again", {
        stack: cut.stack,
        deployment: cut.id,
      });
    }
    this.#watch.start();
    for (const stack of stacks) this.adopt(stack);
  }

  /** Ends all lanes: operations under way are awaited, attempts are recorded as interrupted. */
  async stop(): Promise<void> {
    await Promise.all([this.#watch.stop(), ...[...this.#lanes.values()].map((lane) => lane.stop())]);
  }

  /** Gives a new stack its lane and first pass; one that has its lane keeps it. */
  adopt(stack: Stack): void {
    if (this.#lanes.has(stack.name)) return;
    const lane = new Lane(stack, this.#parts, () => this.#undecidedBefore(stack.name));
    this.#lanes.set(stack.name, lane);
    lane.start();
  }

  /** The stack goes on with other settings, beginning with a pass. Throws NotFound. */
  edit(stack: Stack): void {
    this.#lane(stack.name)
      .edit(stack)
      .catch((error: unknown) => this.#parts.log("error", "a pass after an edit failed", { stack: stack.name, error }));
  }

  /**
   * Stops and removes the stack's containers and networks, with `volumes` its data too. Files and history stay. When that fails the
   * stack stays as well.
   */
  async remove(stackName: string, options: { readonly volumes: boolean } = { volumes: false }): Promise<void> {
    const lane = this.#lane(stackName);
    await lane.stop();
    this.#lanes.delete(stackName);
    const mine = this.#removals.catch(() => undefined).then(() => this.#takeDown(lane.stack, options.volumes));
    this.#removals = mine.catch(() => undefined);
    try {
      await mine;
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
    const parts = this.#parts;
    const [seen, history, release, holds] = await Promise.all([
      this.#looks.of(lane.stack.project),
      parts.history.outline(stackName, STATUS_HISTORY),
      parts.history.lastRelease(stackName),
      parts.holds.holdsOf(stackName),
    ]);
    return stackStatus({ stack: lane.stack, lane: lane.view(), history, release, holds, seen });
  }

  async statuses(): Promise<readonly StackStatus[]> {
    return await Promise.all([...this.#lanes.keys()].sort().map((stackName) => this.status(stackName)));
  }

  /** What a pass would do now, or would if the stack's ref were another one, changing nothing. */
  async preview(stackName: string, ref?: string): Promise<PlanReport> {
    const lane = this.#lane(stackName);
    return await lane.exclusively((signal) => this.#preview(atRef(lane.stack, ref), signal));
  }

  /** Looks at the Engine now instead of at the next poll, and tells what differs from the release that should run. Repairs as set. */
  async drift(stackName: string): Promise<readonly Drift[]> {
    const lane = this.#lane(stackName);
    await lane.run("drift");
    return lane.view().drift;
  }

  /** What runs on the Engine under a project's name; null when nothing does. */
  async look(project: string): Promise<FoundProject | null> {
    const query = { project, images: [], networks: [], volumes: [] };
    const { containers } = await this.#parts.engine.observe(query, AbortSignal.timeout(LOOK_DEADLINE_MS));
    if (containers.length === 0) return null;
    const labelOf = (name: string): string | undefined => containers.map(({ labels }) => labels[name]).find(Boolean);
    return {
      project,
      containers: containers.length,
      services: [...new Set(containers.map(({ serviceName }) => serviceName))].sort(),
      workingDir: labelOf(COMPOSE_LABEL.workingDir) ?? "",
      configFiles: labelOf(COMPOSE_LABEL.configFiles)?.split(",") ?? [],
      byTallyman: labelOf(TALLYMAN_LABEL.instance) ?? null,
    };
  }

  /** Asks the remote once, and tells what came of it as a value. */
  async probe(stack: Stack): Promise<ProbeResult> {
    try {
      return { ok: true, revision: await this.#parts.source.head(stack, AbortSignal.timeout(20_000)) };
    } catch (thrown) {
      return { ok: false, error: asTallymanError(thrown) };
    }
  }

  /** Something happened to a project's containers; during a pass of ours it was most likely us. */
  #somethingMoved(project: string): void {
    const lane = [...this.#lanes.values()].find(({ stack }) => stack.project === project);
    if (!lane) return;
    this.#parts.publish(lane.stack.name, { type: "containers-changed" });
    if (!lane.view().deploying) this.#lookSoon(lane);
  }

  #lookSoon(lane: Lane): void {
    const { name: stack } = lane.stack;
    lane.run("drift").catch((error: unknown) => this.#parts.log("error", "a look failed", { stack, error }));
  }

  /** The first stack that this one waits for and that has no verdict yet. */
  #undecidedBefore(stackName: string): string | null {
    const { dependsOn = [] } = this.#lanes.get(stackName)?.stack ?? {};
    return dependsOn.find((other) => this.#lanes.get(other)?.isUndecided) ?? null;
  }

  async #takeDown({ project }: Stack, volumes: boolean): Promise<void> {
    const { engine, clock } = this.#parts;
    const signal = AbortSignal.timeout(REMOVE_DEADLINE_MS);
    const observed = await engine.observe({ project, images: [], networks: [], volumes: [] }, signal);
    const down = planDown(observed, { volumes, cause: "the stack was removed" });
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
    const { source, variables, foldersOf, contextDigests, placeOf } = this.#parts;
    const revision = await source.head(stack, signal);
    const checkout = await source.checkout(stack, revision, signal);
    try {
      const environment = { ...(await variables.variablesOf(stack.name)).values, ...foldersOf(stack) };
      const { project } = await loadCheckout({ stack, checkout, environment, comesBack: null }, this.#parts);
      const contexts = await contextDigests(project, placeOf(checkout), signal);
      const options = {
        basis: { pins: {}, repoDigests: {}, previous: this.#lane(stack.name).view().project, hashOf: serviceHash },
        builds: { contexts, force: false, pullFirst: false },
        refreshImages: false,
        now: this.#parts.clock.now().getTime(),
        settled: true,
        prune: stack.prune,
        changedVolumes: "refuse",
        rerunJobs: false,
        start: true,
        returning: false,
      } as const;
      const found = await survey(stack, project, options, this.#parts, signal);
      return reportPlan(found.plan, revision.commit);
    } finally {
      await source.discard(stack, checkout);
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
