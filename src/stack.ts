import type { Reason } from "./error.ts";
import type { Revision } from "./revision.ts";

/** How a stack's repository is reached. The secret itself lives sealed in the store, never here. */
export type CredentialKind = "none" | "deploy-key" | "ssh-key" | "https-token";

/** What to do with the containers of a release that did not pass its gate. */
export type FailureAction = "rollback" | "pause" | "continue";

/** What to do about an Engine that differs though nothing was committed. */
export type DriftMode = "repair" | "report" | "off";

/** A repository + ref + path that we keep running, or a folder of the apps dir. */
export interface Stack {
  /** Lowercase letters, digits, `-` and `_`, beginning with a letter or digit; unique. */
  readonly name: string;
  /** The Compose project name; the stack's name unless the operator chose another. */
  readonly project: string;
  /** Where its desired state comes from: a Git repository, or a folder of the apps dir. */
  readonly origin: "git" | "folder";
  /** Remote URL without credentials: `https://…`, `http://…`, `ssh://…` or `user@host:path`; of a folder stack its absolute path. */
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
  readonly drift: DriftMode;
  /** Overrules `deploy.update_config.failure_action` of its services; null leaves it to them. */
  readonly onFailure: FailureAction | null;
  /** How long the gate waits for a service; null: as its healthcheck suggests. */
  readonly gateTimeoutMs: number | null;
  /** Remove services that left the Compose file, once the release is healthy. Volumes never. */
  readonly prune: boolean;
  /** Stacks whose verdict this one waits for before it deploys. */
  readonly dependsOn: readonly string[];
  /** Absolute folder that holds the live tree of an adopted project; null: below Tallyman's root. */
  readonly liveTree: string | null;
  /** RFC 3339 UTC. */
  readonly createdAt: string;
}

/** How a stack is kept unless the operator chose otherwise. */
export const STACK_DEFAULTS = {
  origin: "git",
  drift: "repair",
  onFailure: null,
  gateTimeoutMs: null,
  prune: true,
  dependsOn: [],
  liveTree: null,
} as const satisfies Partial<Stack>;

/** Who keeps a stack from running its newest commit, when and why. */
export interface Suspension {
  readonly by: string;
  readonly why: string;
  readonly at: string;
}

/**
 * One reason why a stack is not reconciled as its repository says; at most one of each kind. Suspended: nothing is changed at all.
 * Stopped: its containers stay stopped. Pinned: a former release runs until somebody resumes.
 */
export interface Hold extends Suspension {
  readonly kind: "suspended" | "stopped" | "pinned";
  /** Of `pinned`: the deployment whose release must run; else null. */
  readonly deploymentId: string | null;
  /** Of `pinned` without a release: what must run whatever the stack's ref points to. */
  readonly revision?: Revision | undefined;
}

/**
 * How the reason begins when we suspend a stack of the apps dir because too many folders went at once. It ends by itself when the folder
 * is back.
 */
export const FOLDER_GONE = "its folder is gone";

/** The holds of each stack. store/ fulfils it. */
export interface HoldBook {
  holdsOf(stack: string): Promise<readonly Hold[]>;
  /** Replaces the stack's hold of that kind. */
  place(stack: string, hold: Hold): Promise<void>;
  /** One that is not there is fine. */
  lift(stack: string, kind: Hold["kind"]): Promise<void>;
}

/** One thing on the Engine that is not as the running release asks for. */
export interface Drift {
  /** As in a plan: `service:web:1`, `network:default`. */
  readonly resource: string;
  /** In words: "memory limit", "environment DEBUG", "is missing". Never a secret's value. */
  readonly field: string;
  readonly wanted: string;
  readonly found: string;
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
  /** By whom and why its containers were stopped; null while they are meant to run. */
  readonly stopped: Suspension | null;
  /** What the last look at the Engine found to differ; empty when nothing does. */
  readonly drift: readonly Drift[];
  readonly lastGoodPollAt: string | null;
  readonly lastDeploymentId: string | null;
  readonly services: readonly ServiceStatus[];
}
