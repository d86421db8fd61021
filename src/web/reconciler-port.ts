import type { Trigger } from "../deployment.ts";
import type { TallymanError } from "../error.ts";
import type { PlanReport } from "../plan.ts";
import type { Revision } from "../revision.ts";
import type { Drift, Stack, StackStatus } from "../stack.ts";

export interface PassResult {
  readonly outcome:
    | "in-sync"
    | "healthy"
    | "rolled-back"
    | "failed"
    | "blocked"
    | "interrupted"
    /** The Engine differs, and the stack's drift setting leaves it so. */
    | "drifted"
    /** Held by an operator: its containers are stopped, or nothing is changed at all. */
    | "stopped"
    | "suspended";
  readonly deploymentId: string | null;
  readonly commit: string | null;
  readonly error: TallymanError | null;
}

export type ProbeResult =
  | { readonly ok: true; readonly revision: Revision }
  | { readonly ok: false; readonly error: TallymanError };

/** A Compose project that runs on the Engine, whoever made it. */
export interface FoundProject {
  readonly project: string;
  readonly containers: number;
  readonly services: readonly string[];
  /** As Docker Compose noted them on its containers; empty when it did not. */
  readonly workingDir: string;
  readonly configFiles: readonly string[];
  /** Instance id of the Tallyman that made one of its containers; null when none did. */
  readonly byTallyman: string | null;
}

/** What a request may ask of the lanes. Handlers never change the Engine themselves. */
export interface ReconcilerPort {
  /** A stack was added: it gets a lane and a pass. */
  adopt(stack: Stack): void;
  /** The lane goes on with the new settings, beginning with a pass. */
  edit(stack: Stack): void;
  /** Stops and removes containers and networks, keeps volumes unless they were asked for; ends the lane. */
  remove(stackName: string, options: { readonly volumes: boolean }): Promise<void>;
  /** Joins or queues a pass; resolves at its end. */
  run(stackName: string, trigger: Trigger): Promise<PassResult>;
  /** Looks at the Engine now and tells what differs; repairs as the stack's setting says. */
  drift(stackName: string): Promise<readonly Drift[]>;
  status(stackName: string): Promise<StackStatus>;
  statuses(): Promise<readonly StackStatus[]>;
  preview(stackName: string): Promise<PlanReport>;
  probe(stack: Stack): Promise<ProbeResult>;
  /** What runs under a project's name; null when nothing does. */
  look(project: string): Promise<FoundProject | null>;
}
