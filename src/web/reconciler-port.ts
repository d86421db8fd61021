import type { Trigger } from "../deployment.ts";
import type { TallymanError } from "../error.ts";
import type { PlanReport } from "../plan.ts";
import type { Revision } from "../revision.ts";
import type { Stack, StackStatus } from "../stack.ts";

export interface PassResult {
  readonly outcome: "in-sync" | "healthy" | "rolled-back" | "failed" | "blocked" | "interrupted";
  readonly deploymentId: string | null;
  readonly commit: string | null;
  readonly error: TallymanError | null;
}

export type ProbeResult =
  | { readonly ok: true; readonly revision: Revision }
  | { readonly ok: false; readonly error: TallymanError };

/** What a request may ask of the lanes. Handlers never touch the Engine themselves. */
export interface ReconcilerPort {
  /** A stack was added: it gets a lane and a pass. */
  adopt(stack: Stack): void;
  /** Stops and removes containers and networks, keeps volumes; ends the lane. */
  remove(stackName: string): Promise<void>;
  /** Joins or queues a pass; resolves at its end. */
  run(stackName: string, trigger: Trigger): Promise<PassResult>;
  status(stackName: string): Promise<StackStatus>;
  statuses(): Promise<readonly StackStatus[]>;
  preview(stackName: string): Promise<PlanReport>;
  probe(stack: Stack): Promise<ProbeResult>;
}
