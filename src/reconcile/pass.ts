import type { PassOutcome, Trigger } from "../deployment.ts";
import type { Engine } from "../engine.ts";
import type { TallymanError } from "../error.ts";
import type { Publish } from "../event.ts";
import type { History } from "../history.ts";
import type { KeptContainers } from "../kept-container.ts";
import type { Log } from "../log.ts";
import type { Project } from "../project.ts";
import type { LoadRequest, ProjectFiles } from "../project-files.ts";
import type { Checkout, Source } from "../source.ts";
import type { HoldBook, Stack } from "../stack.ts";
import type { VariableVault } from "../variable.ts";
import type { Clock } from "./clock.ts";
import type { Turns } from "./turns.ts";

/** Everything a pass works with; main.ts puts the real edges in. */
export interface PassParts {
  readonly source: Source;
  readonly engine: Engine;
  readonly history: History;
  readonly holds: HoldBook;
  readonly variables: VariableVault;
  readonly kept: KeptContainers;
  readonly notices: Notices;
  readonly clock: Clock;
  readonly publish: Publish;
  readonly log: Log;
  /** Deployments that change the host at the same time. */
  readonly turns: Turns;
  /** Which Tallyman this is: what bears another one's label is not touched. */
  readonly instance: string;
  /** How many releases of a stack keep their files and images for the way back. */
  readonly releasesKept: number;
  /** Ids of images that the kept releases of any stack ran. */
  readonly neededImages: () => Promise<readonly string[]>;
  /** Throws DiskFull when the host has no room for a deployment. */
  readonly checkRoom: (signal: AbortSignal) => Promise<void>;
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
  /** Variables that every stack has: its name and its folders. */
  readonly foldersOf: (stack: Stack) => Readonly<Record<string, string>>;
}

/** Remembers what people were told already. */
export interface Notices {
  /** Whether this key of the stack was not told within the last `everyMs`; notes that it is told now. */
  tellAgain(stack: string, key: string, now: Date, everyMs: number): Promise<boolean>;
  /** All is well again. Returns whether anything had been told. */
  clear(stack: string): Promise<boolean>;
}

/** "poll" is the timer's: it must change nothing when nothing changed. */
export type PassTrigger = Trigger | "poll";

export interface PassResult {
  readonly outcome: PassOutcome;
  /** The attempt that this pass made, if it made one; after a return, the one that failed. */
  readonly deploymentId: string | null;
  /** The commit that runs now, as far as the pass knows. */
  readonly commit: string | null;
  readonly error: TallymanError | null;
}
