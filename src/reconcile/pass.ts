import type { Trigger } from "../deployment.ts";
import type { Engine } from "../engine.ts";
import type { TallymanError } from "../error.ts";
import type { Publish } from "../event.ts";
import type { History } from "../history.ts";
import type { Log } from "../log.ts";
import type { Project } from "../project.ts";
import type { LoadRequest, ProjectFiles } from "../project-files.ts";
import type { Checkout, Source } from "../source.ts";
import type { Stack } from "../stack.ts";
import type { Clock } from "./clock.ts";

/** Everything a pass works with; main.ts puts the real edges in. */
export interface PassParts {
  readonly source: Source;
  readonly engine: Engine;
  readonly history: History;
  readonly clock: Clock;
  readonly publish: Publish;
  readonly log: Log;
  /** A checkout's files, under the paths that the live tree will give them. */
  readonly filesOf: (checkout: Checkout) => ProjectFiles;
  /** Where a path of the live tree lies in the checkout, links followed. The function throws PolicyViolation for what leaves the tree. */
  readonly placeOf: (checkout: Checkout) => (path: string) => string;
  /** Service → digest of what its build would be sent, for every service that is built. */
  readonly contextDigests: (
    project: Project,
    placeOf: (path: string) => string,
    signal: AbortSignal,
  ) => Promise<Readonly<Record<string, string>>>;
  readonly load: (files: ProjectFiles, request: LoadRequest) => Project;
  /** Throws ComposeUnsupported for what a pass could not carry out. */
  readonly checkSupported: (project: Project) => void;
  /** Our labels on whatever a stack's pass creates. */
  readonly labelsOf: (stack: Stack) => Readonly<Record<string, string>>;
}

/** "poll" is the timer's: it must change nothing when nothing changed. */
export type PassTrigger = Trigger | "poll";

export interface PassResult {
  readonly outcome: "in-sync" | "healthy" | "rolled-back" | "failed" | "blocked" | "interrupted";
  /** The attempt that this pass made, if it made one; after a return, the one that failed. */
  readonly deploymentId: string | null;
  /** The commit that runs now, as far as the pass knows. */
  readonly commit: string | null;
  readonly error: TallymanError | null;
}
