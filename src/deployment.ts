import type { FailureAction } from "./stack.ts";

/** Why a pass began. */
export type Trigger = "commit" | "settings" | "deploy" | "retry" | "rollback" | "drift" | "start";

/**
 * How a pass ended. drifted: the Engine differs, and the stack's setting leaves it so. stopped and suspended: an operator holds it.
 * blocked: what is wanted failed before, and is not tried again.
 */
export type PassOutcome =
  | "in-sync"
  | "healthy"
  | "rolled-back"
  | "failed"
  | "blocked"
  | "interrupted"
  | "drifted"
  | "stopped"
  | "suspended";

export type DeploymentStatus = "applying" | "healthy" | "failed" | "interrupted";

/**
 * rejected and unhealthy are remembered by commit + settings and tried once; transient is retried with back-off; interrupted is not a
 * failure of the commit; denied is retried slowly.
 */
export type FailureClass = "rejected" | "unhealthy" | "transient" | "interrupted" | "denied";

/** One attempt to make a stack run a commit. */
export interface Deployment {
  /** Decimal, ascending: the order of history, whatever the clock did. */
  readonly id: string;
  readonly stack: string;
  readonly commit: string;
  readonly message: string;
  readonly author: string;
  readonly trigger: Trigger;
  /** In words: "new commit on main", "went back from 41d07e3", … */
  readonly cause: string;
  /** Digest of everything but the commit that went in; with the commit it is the key of a remembered failure. */
  readonly settingsDigest: string;
  readonly status: DeploymentStatus;
  readonly class: FailureClass | null;
  /** What was done about an unhealthy release; null for everything else. */
  readonly failureAction: FailureAction | null;
  readonly reason: string | null;
  readonly hint: string | null;
  /** How often the process ended in the middle of this attempt. */
  readonly interruptions: number;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly durationMs: number | null;
  readonly operations: readonly RecordedOperation[];
  readonly verdicts: readonly ServiceVerdict[];
}

export interface RecordedOperation {
  readonly kind: string;
  readonly resource: string;
  readonly cause: string;
  readonly status: "planned" | "running" | "done" | "failed";
  /** Milliseconds since the deployment began, and how long it took. */
  readonly startedMs: number | null;
  readonly durationMs: number | null;
}

export type Verdict = "healthy" | "unhealthy" | "pending";

/** What one service is judged to be, and the evidence for it. */
export interface ServiceVerdict {
  readonly service: string;
  readonly verdict: Verdict;
  /** One sentence: "healthy after 4 s", "exited with code 1 after 4 s". */
  readonly summary: string;
  readonly evidence: Evidence;
}

export interface Evidence {
  readonly exitCodes: readonly number[];
  readonly healthLog: readonly { readonly exitCode: number; readonly output: string; readonly at: string }[];
  /** The last lines (at most 100) of the container that decided it. */
  readonly logTail: readonly string[];
}

/** What is needed to run a healthy deployment again, exactly. */
export interface Release {
  readonly deploymentId: string;
  readonly commit: string;
  readonly message: string;
  readonly author: string;
  readonly settingsDigest: string;
  /** Image reference → id of the image that ran. */
  readonly imageDigests: Readonly<Record<string, string>>;
  /** Image reference → `name@sha256:…` under which a registry has it, where one does: the way to it once it is gone from here. */
  readonly repoDigests: Readonly<Record<string, string>>;
  /** Digest of every file that went in; null in a history that older versions wrote. */
  readonly inputDigest: string | null;
  readonly healthyAt: string;
}
