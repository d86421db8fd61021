import type { FileDigests } from "./project.ts";

/**
 * What must change, in order: the value that tests, logs, dry runs, the history and the pages show with the same words.
 * `after` holds indexes into `operations` that must have ended first; they always point backwards.
 */
export interface Plan {
  readonly project: string;
  readonly operations: readonly PlannedOperation[];
}

export type PlannedOperation = Operation & {
  /** Why, in words for a person: "image changed 1.26 → 1.27", "service added", … */
  readonly cause: string;
  readonly after: readonly number[];
};

/** One operation is one Engine call (or one wait). Names are Engine names; `resource` comes from `resourceOf`. */
export type Operation =
  | { readonly kind: "pull-image"; readonly image: string; readonly platform: string | null }
  | {
      readonly kind: "build-image";
      readonly image: string;
      readonly serviceName: string;
      /** An image of that name in its registry will do; built only when there is none. */
      readonly pullFirst: boolean;
    }
  | { readonly kind: "create-network"; readonly networkKey: string; readonly name: string }
  | { readonly kind: "remove-network"; readonly networkKey: string; readonly name: string }
  | { readonly kind: "create-volume"; readonly volumeKey: string; readonly name: string }
  /** Only ever planned by `compose down -v`, which the operator typed. */
  | { readonly kind: "remove-volume"; readonly volumeKey: string; readonly name: string }
  | {
      readonly kind: "create-container";
      readonly serviceName: string;
      readonly number: number;
      /** The name to create it under: the final one, or a temporary one when a predecessor still holds it. */
      readonly name: string;
      readonly finalName: string;
      /** The container whose place it takes: anonymous volumes are carried over from it, unless they are to be new. */
      readonly replaces: string | null;
      readonly renewVolumes?: true;
      /** For its label; empty while it depends on a container that this plan makes first (`shares`): known once that one is there. */
      readonly configHash: string;
      /** The image that must run whatever its tag points to now; null: whatever the file's reference names. */
      readonly imageId: string | null;
      /** The container that stands for each service whose namespace or volumes it shares. */
      readonly shares: Readonly<Record<string, ContainerReference>>;
    }
  /** `mayFail` as for `await-container`: one that can't even start has failed as well. */
  | (ContainerOperation<"start-container"> & { readonly mayFail?: number })
  /** With `volumes` its anonymous ones go too: only ever planned by a removal of volumes that the operator typed. */
  | (ContainerOperation<"remove-container"> & { readonly volumes?: true })
  /** Stop with the container's own grace period, or with the one that the operator typed. */
  | (ContainerOperation<"stop-container"> & { readonly graceSeconds?: number })
  | (ContainerOperation<"rename-container"> & { readonly newName: string })
  /** `no` disarms a retained container, so that no Engine restart revives it beside its successor. */
  | (ContainerOperation<"set-restart-policy"> & { readonly policy: "no" | "as-declared" })
  /** Even while it runs; how a network comes free that must be made anew. */
  | (ContainerOperation<"disconnect-network"> & NetworkPlace)
  /** `finalName` is the name by which others in the network know the container, beside its service's. */
  | (ContainerOperation<"connect-network"> & NetworkPlace & { readonly finalName: string })
  /** Tells a container that only its mounted files changed; `contents`: what it has read afterwards, for `KeptContainer`. */
  | (ContainerOperation<"signal-container"> & { readonly signal: string; readonly contents: FileDigests })
  /**
   * Wait until this very container is healthy, or without a healthcheck ran for `windowMs`: the gate of a rolling update. So many
   * containers of the service may fail to, and the plan goes on. No Engine change.
   */
  | (ContainerOperation<"await-container"> & Wait & { readonly windowMs: number; readonly mayFail: number })
  /** The pause between the steps of a rolling update: no Engine change. */
  | { readonly kind: "delay"; readonly serviceName: string; readonly ms: number }
  /** One that nothing here uses any more; the Engine itself refuses when that is wrong. */
  | { readonly kind: "remove-image"; readonly image: string }
  /** Wait until a dependency meets its condition: no Engine change. */
  | (Wait & {
      readonly kind: "await-service";
      readonly serviceName: string;
      readonly condition: "service_healthy" | "service_completed_successfully";
      readonly required: boolean;
    });

interface Wait {
  /** How long it may take, in milliseconds; absent: as the healthcheck suggests, and an hour for what has to end. */
  readonly limitMs?: number;
}

/** A network by its key in the file and its name on the Engine. */
export interface NetworkPlace {
  readonly networkKey: string;
  readonly networkName: string;
}

interface ContainerOperation<Kind extends string> {
  readonly kind: Kind;
  readonly serviceName: string;
  readonly number: number;
  readonly container: ContainerReference;
}

/** An existing container by id, or one that this plan creates, by the index of its create operation. */
export type ContainerReference =
  | { readonly id: string; readonly name: string }
  | { readonly createdBy: number; readonly name: string };

/** `service:web:1`, `network:default`, `volume:data`, `image:nginx:1.27`: how JSON and pages name what an operation touches. */
export function resourceOf(operation: Operation): string {
  switch (operation.kind) {
    case "pull-image":
    case "build-image":
    case "remove-image":
      return `image:${operation.image}`;
    case "create-network":
    case "remove-network":
      return `network:${operation.networkKey}`;
    case "create-volume":
    case "remove-volume":
      return `volume:${operation.volumeKey}`;
    case "await-service":
    case "delay":
      return `service:${operation.serviceName}`;
    case "create-container":
    case "start-container":
    case "stop-container":
    case "remove-container":
    case "rename-container":
    case "set-restart-policy":
    case "disconnect-network":
    case "connect-network":
    case "signal-container":
    case "await-container":
      return `service:${operation.serviceName}:${operation.number}`;
  }
}

export function isEmpty(plan: Plan): boolean {
  return plan.operations.length === 0;
}

/** The wire form: `plan --json`. */
export interface PlanReport {
  readonly project: string;
  readonly revision: string | null;
  readonly empty: boolean;
  readonly operations: readonly {
    readonly kind: string;
    readonly resource: string;
    readonly cause: string;
    readonly after: readonly number[];
  }[];
  readonly violations: readonly Violation[];
}

/** What a repository asks for and may not have. */
export interface Violation {
  readonly field: string;
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  /** The switch that would allow it. */
  readonly allow: string;
}

export function reportPlan(plan: Plan, revision: string | null, violations: readonly Violation[] = []): PlanReport {
  return {
    project: plan.project,
    revision,
    empty: isEmpty(plan),
    operations: plan.operations.map((operation) => ({
      kind: operation.kind,
      resource: resourceOf(operation),
      cause: operation.cause,
      after: operation.after,
    })),
    violations,
  };
}

/** One line per operation: `[0,1] -> #2 service:web:1, create-container, image changed`. */
export function showPlan(plan: Plan): string {
  return plan.operations
    .map(
      (operation, index) =>
        `[${operation.after.join(",")}] -> #${index} ${resourceOf(operation)}, ${operation.kind}, ${operation.cause}`,
    )
    .join("\n");
}
