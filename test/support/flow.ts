import { TallymanError } from "../../src/error.ts";
import type { StackEvent } from "../../src/event.ts";
import { EventBus } from "../../src/event-bus.ts";
import type { Project } from "../../src/project.ts";
import type { Clock } from "../../src/reconcile/clock.ts";
import type { PassParts } from "../../src/reconcile/pass.ts";
import type { Checkout, Source } from "../../src/source.ts";
import { STACK_DEFAULTS, type Stack } from "../../src/stack.ts";
import { MemoryEngine } from "./memory-engine.ts";
import { MemoryHistory } from "./memory-history.ts";

/** A clock that jumps as soon as somebody waits: flows run in no time and always the same way. */
export class JumpingClock implements Clock {
  time = Date.parse("2026-01-01T12:00:00Z");
  readonly slept: number[] = [];

  now(): Date {
    return new Date(this.time);
  }

  monotonic(): number {
    return this.time;
  }

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) return;
    this.slept.push(milliseconds);
    this.time += milliseconds;
  }

  random(): number {
    return 0.5;
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
    return { staging: commit, live: "/live", info };
  }

  async switchTree(_stack: Stack, checkout: Checkout): Promise<readonly []> {
    this.switched.push(checkout.info.commit);
    return [];
  }

  async discard(): Promise<void> {}

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

/** Everything a pass needs, in memory: only Source and Engine are stand-ins for the outside, the flow itself is real. */
export function memoryFlow() {
  const clock = new JumpingClock();
  const engine = new MemoryEngine(() => clock.now());
  const source = new MemorySource();
  const history = new MemoryHistory();
  const events: StackEvent[] = [];
  const bus = new EventBus("test", () => clock.now());
  bus.subscribe((event) => events.push(event));
  const parts: PassParts = {
    source,
    engine,
    history,
    clock,
    publish: bus.publish,
    log: () => undefined,
    filesOf: (checkout) => ({ read: () => checkout.staging, kind: () => null }),
    placeOf: () => (path) => path,
    contextDigests: async () => ({}),
    load: (files) => source.load(files.read("") ?? ""),
    checkSupported: () => undefined,
    labelsOf: (stack) => ({ "io.tallyman.stack": stack.name }),
  };
  return { clock, engine, source, history, events, parts };
}
