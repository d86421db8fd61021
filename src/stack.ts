import type { Reason } from "./error.ts";

/** How a stack's repository is reached. The secret itself lives sealed in the store, never here. */
export type CredentialKind = "none" | "deploy-key" | "ssh-key" | "https-token";

/** A repository + ref + path that we keep running. */
export interface Stack {
  /** Lowercase letters, digits, `-` and `_`, beginning with a letter or digit; unique. */
  readonly name: string;
  /** The Compose project name; the stack's name unless the operator chose another. */
  readonly project: string;
  /** Remote URL without credentials: `https://…`, `http://…`, `ssh://…` or `user@host:path`. */
  readonly repository: string;
  /** Branch, tag or full commit; null follows the remote's default branch. */
  readonly ref: string | null;
  /** Folder inside the repository that holds the Compose files; "" is its root. */
  readonly path: string;
  /** Compose files relative to `path`; empty means discovery as Docker Compose does it. */
  readonly files: readonly string[];
  /** `--env-file` values relative to `path`. */
  readonly envFiles: readonly string[];
  readonly profiles: readonly string[];
  readonly intervalMs: number;
  readonly credential: CredentialKind;
  /** RFC 3339 UTC. */
  readonly createdAt: string;
}

/** A stack that must not be reconciled by itself: a row with a who, a when and a why. */
export interface Suspension {
  readonly by: string;
  readonly why: string;
  readonly at: string;
}

/** What the page shows for a stack. Contract of `status --json`. */
export type StackState = "in-sync" | "out-of-sync" | "reconciling" | "suspended" | "stopped" | "failed" | "degraded";

export interface ContainerStatus {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly health: string;
  readonly startedAt: string | null;
  readonly restarts: number;
}

export interface ServiceStatus {
  readonly name: string;
  /** running · starting · exited · missing · completed */
  readonly state: string;
  /** healthy · unhealthy · starting · none */
  readonly health: string;
  readonly image: string;
  readonly digest: string | null;
  /** Services that it waits for before it starts. */
  readonly dependsOn: readonly string[];
  readonly containers: readonly ContainerStatus[];
}

/** One element of `status --json`. */
export interface StackStatus {
  readonly name: string;
  readonly state: StackState;
  /** One line that says why the state is what it is. */
  readonly reason: string;
  /** What to do next, when a person is needed; else empty. */
  readonly hint: string;
  /** For machines: why the last poll or pass did not come to an end; null when it did. */
  readonly trouble: Reason | null;
  /** The commit that runs (the last healthy release), or null before the first one. */
  readonly commit: string | null;
  /** The commit the ref points to, as of the last good poll. */
  readonly wantedCommit: string | null;
  readonly pinned: boolean;
  readonly suspended: Suspension | null;
  readonly lastGoodPollAt: string | null;
  readonly lastDeploymentId: string | null;
  readonly services: readonly ServiceStatus[];
}
