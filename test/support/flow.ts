import { TallymanError } from "../../src/error.ts";
import type { StackEvent } from "../../src/event.ts";
import { EventBus } from "../../src/event-bus.ts";
import type { KeptContainer, KeptContainers } from "../../src/kept-container.ts";
import type { Project } from "../../src/project.ts";
import type { Clock } from "../../src/reconcile/clock.ts";
import type { PassParts } from "../../src/reconcile/pass.ts";
import { Turns } from "../../src/reconcile/turns.ts";
import type { Checkout, Source } from "../../src/source.ts";
import { type Hold, type HoldBook, STACK_DEFAULTS, type Stack } from "../../src/stack.ts";
import { MemoryEngine } from "./memory-engine.ts";
import { MemoryHistory } from "./memory-history.ts";

/** A clock that jumps to the next moment for which somebody waits: flows run in no time, in the order of their times. */
export class JumpingClock implements Clock {
  time = Date.parse("2026-01-01T12:00:00Z");
  readonly slept: number[] = [];
  readonly #sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  #jumping = false;

  now(): Date {
    return new Date(this.time);
  }

  monotonic(): number {
    return this.time;
  }

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper = { until: this.time + milliseconds, wake: resolve };
    this.#sleepers.add(sleeper);
    signal.addEventListener("abort", () => resolve(), { once: true });
    this.#jump().catch(() => undefined);
    await promise;
    this.#sleepers.delete(sleeper);
    if (!signal.aborted) this.slept.push(milliseconds);
  }

  random(): number {
    return 0.5;
  }

  /** Lets everything that is ready run first, then wakes whoever waits for the nearest moment. */
  async #jump(): Promise<void> {
    if (this.#jumping) return;
    this.#jumping = true;
    while (this.#sleepers.size > 0) {
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      const [next] = [...this.#sleepers].sort((one, other) => one.until - other.until);
      if (!next) break;
      this.time = Math.max(this.time, next.until);
      this.#sleepers.delete(next);
      next.wake();
    }
    this.#jumping = false;
  }
}

/** A source in memory: commits are projects (or the error that loading them throws). */
export class MemorySource implements Source {
  readonly commits = new Map<string, Project | TallymanError>();
  headCommit = "";
  headError: TallymanError | null = null;
  probes = 0;
  checkouts = 0;
  readonly switched: string[] = [];
  readonly kept = new Set<string>();
  /** Commit → tracked path → digest. */
  readonly files = new Map<string, ReadonlyMap<string, string>>();

  push(commit: string, content: Project | TallymanError): void {
    this.commits.set(commit, content);
    this.headCommit = commit;
  }

  async head(): Promise<{ commit: string; ref: string }> {
    this.probes += 1;
    if (this.headError) throw this.headError;
    return { commit: this.headCommit, ref: "refs/heads/main" };
  }

  async checkout(_stack: Stack, { commit }: { readonly commit: string }): Promise<Checkout> {
    this.checkouts += 1;
    const info = { commit, author: "ada", message: `message of ${commit}`, committedAt: "2026-01-01T00:00:00Z" };
    return {
      staging: commit,
      live: "/live",
      info,
      digests: async () => this.files.get(commit) ?? new Map([["compose.yaml", commit]]),
    };
  }

  async switchTree(_stack: Stack, checkout: Checkout): Promise<readonly []> {
    this.switched.push(checkout.info.commit);
    return [];
  }

  async discard(): Promise<void> {}

  async keep(_stack: Stack, { info }: Checkout): Promise<void> {
    this.kept.add(info.commit);
  }

  async keepOnly(_stack: Stack, commits: readonly string[]): Promise<void> {
    for (const commit of this.kept) if (!commits.includes(commit)) this.kept.delete(commit);
  }

  load(commit: string): Project {
    const content = this.commits.get(commit);
    if (!content) throw new TallymanError("WorkerFailed", `no commit ${commit}`);
    if (content instanceof TallymanError) throw content;
    return content;
  }
}

export const sampleStack: Stack = {
  name: "shop",
  project: "shop",
  repository: "https://forge.example/shop.git",
  ref: "main",
  path: "",
  files: [],
  envFiles: [],
  profiles: [],
  intervalMs: 60_000,
  credential: "none",
  ...STACK_DEFAULTS,
  createdAt: "2026-01-01T00:00:00Z",
};

/** Holds in memory. */
export class MemoryHolds implements HoldBook {
  readonly #holds = new Map<string, Hold>();

  async holdsOf(stack: string): Promise<readonly Hold[]> {
    return [...this.#holds].flatMap(([key, hold]) => (key.startsWith(`${stack} `) ? [hold] : []));
  }

  async place(stack: string, hold: Hold): Promise<void> {
    this.#holds.set(`${stack} ${hold.kind}`, hold);
  }

  async lift(stack: string, kind: Hold["kind"]): Promise<void> {
    this.#holds.delete(`${stack} ${kind}`);
  }
}

/** What is kept beside containers, in memory. */
export class MemoryKept implements KeptContainers {
  all: KeptContainer[] = [];

  async keptOf(): Promise<readonly KeptContainer[]> {
    return this.all;
  }

  async keep(_stack: string, kept: KeptContainer): Promise<void> {
    this.all = [...this.all.filter(({ containerId }) => containerId !== kept.containerId), kept];
  }

  async keepOnly(_stack: string, containerIds: readonly string[]): Promise<void> {
    this.all = this.all.filter(({ containerId }) => containerIds.includes(containerId));
  }
}

/** Everything a pass needs, in memory: only Source and Engine are stand-ins for the outside, the flow itself is real. */
export function memoryFlow() {
  const clock = new JumpingClock();
  const engine = new MemoryEngine(() => clock.now());
  const source = new MemorySource();
  const history = new MemoryHistory();
  const holds = new MemoryHolds();
  const kept = new MemoryKept();
  const variables = { values: {}, digest: "no variables" } as { values: Record<string, string>; digest: string };
  const told = new Map<string, number>();
  const events: StackEvent[] = [];
  const bus = new EventBus("test", () => clock.now());
  bus.subscribe((event) => events.push(event));
  const parts: PassParts = {
    source,
    engine,
    history,
    holds,
    kept,
    variables: { variablesOf: async () => ({ ...variables }) },
    notices: {
      async tellAgain(stack, key, now, everyMs) {
        const last = told.get(`${stack} ${key}`);
        if (last !== undefined && now.getTime() - last < everyMs) return false;
        told.set(`${stack} ${key}`, now.getTime());
        return true;
      },
      async clear(stack) {
        const keys = [...told.keys()].filter((key) => key.startsWith(`${stack} `));
        for (const key of keys) told.delete(key);
        return keys.length > 0;
      },
    },
    turns: new Turns(3),
    instance: "this-one",
    releasesKept: 5,
    neededImages: async () => [],
    checkRoom: async () => undefined,
    foldersOf: () => ({}),
    clock,
    publish: bus.publish,
    log: () => undefined,
    filesOf: (checkout) => ({ read: () => checkout.staging, kind: () => null }),
    placeOf: () => (path) => path,
    contextDigests: async () => ({}),
    load: (files) => source.load(files.read("/live/compose.yaml") ?? ""),
    checkSupported: () => undefined,
    labelsOf: (stack) => ({ "io.tallyman.stack": stack.name }),
  };
  return { clock, engine, source, history, holds, kept, variables, events, parts };
}
