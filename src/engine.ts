import type { ObservedContainer, ObservedState, ObserveQuery } from "./observed-state.ts";
import type { Operation } from "./plan.ts";
import type { Project } from "./project.ts";

/** The one thing that changes the host. docker/ fulfils it. Every call has its own deadline beside the signal. */
export interface Engine {
  /** Throws EngineUnreachable or EngineTimeout. */
  info(signal: AbortSignal): Promise<EngineInfo>;
  observe(query: ObserveQuery, signal: AbortSignal): Promise<ObservedState>;
  /**
   * Does one operation with one Engine call. Decides nothing. Idempotent where the Engine is: removing what is gone, stopping what is
   * stopped succeed. Throws EngineRefused, ImageUnavailable, BuildFailed, RegistryUnavailable, RegistryDenied, EngineUnreachable,
   * EngineTimeout.
   */
  perform(operation: Operation, context: PerformContext, signal: AbortSignal): Promise<PerformResult>;
  /**
   * Field by field, where the project's serving containers differ from what would be created now. Reads only; values of the environment
   * are never in it. Containers that are to be made anew anyway (another config hash) are compared as well: adoption rests on that.
   */
  differences(
    context: Pick<PerformContext, "project" | "observed" | "labels">,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly Difference[]>>;
  /** One container as it is now; null when it is gone. */
  inspect(containerId: string, signal: AbortSignal): Promise<ObservedContainer | null>;
  /**
   * Changes of a project's containers, or with null of every project's, as they happen; ends when the signal aborts. The first yield
   * says that listening began.
   */
  changes(project: string | null, signal: AbortSignal): AsyncIterable<EngineChange>;
  /**
   * Codes with which a container has ended since a moment (RFC 3339), oldest first, as far as the Engine remembers: what runs again
   * tells none of them any more.
   */
  exitCodes(containerId: string, since: string, signal: AbortSignal): Promise<readonly number[]>;
  /** Lines of one container's output, oldest first; ends at its end, or with `follow` when the signal aborts. */
  logs(containerId: string, options: LogOptions, signal: AbortSignal): AsyncIterable<LogLine>;
}

/** The field that can be set right without making the container anew. */
export const RESTART_POLICY = "restart policy";

/** One field of a container that is not as it would be created. */
export interface Difference {
  /** In words: "memory limit", "environment DEBUG", "port 80/tcp". */
  readonly field: string;
  readonly wanted: string;
  readonly found: string;
}

export interface EngineInfo {
  readonly version: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly containers: number;
  readonly operatingSystem: string;
  readonly dockerRootDir: string;
}

export interface PerformContext {
  readonly project: Project;
  /** What was observed before the plan was made: ids of networks, images, predecessors. */
  readonly observed: ObservedState;
  /** Ids of containers created earlier by this plan, by operation index. */
  readonly created: ReadonlyMap<number, string>;
  /** Labels of ours to put on what is created. */
  readonly labels: Readonly<Record<string, string>>;
  readonly progress: (text: string) => void;
  /**
   * Where a path of the model lies on this disk: in a stack's pass the staging tree, as the live one is switched only once every image
   * is there. Throws PolicyViolation for what leaves the tree. Absent: paths are what they say.
   */
  readonly placeOf?: (path: string) => string;
}

export interface PerformResult {
  /** Set by create-container. */
  readonly containerId?: string;
  /** What the Engine warned of. */
  readonly warnings?: readonly string[];
}

export type EngineChange =
  | { readonly type: "listening" }
  | {
      readonly type: "container";
      readonly action: string;
      readonly containerId: string;
      readonly serviceName: string;
      readonly project: string;
    };

export interface LogOptions {
  readonly tail?: number;
  readonly follow?: boolean;
  /** RFC 3339, Unix seconds, or a duration before now. */
  readonly since?: string;
}

export interface LogLine {
  /** RFC 3339 with nanoseconds, as the Engine stamps it. */
  readonly at: string;
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}
