import type { Deployment, FailureClass, RecordedOperation, Release, ServiceVerdict, Trigger } from "./deployment.ts";
import type { Project } from "./project.ts";
import type { CommitInfo } from "./revision.ts";
import type { FailureAction } from "./stack.ts";

/** The record of deployments: the only writer of their status. store/ fulfils it. */
export interface History {
  /**
   * Records an attempt before anything is touched. When the newest attempt of the same commit and settings was interrupted, that
   * one is taken up again instead, so that one attempt stays one entry. An attempt of the stack that is still open was interrupted.
   */
  begin(attempt: NewDeployment): Promise<Deployment>;
  /** Replaces the attempt's operations with what is known of them now. */
  recordOperations(deploymentId: string, operations: readonly RecordedOperation[]): Promise<void>;
  finish(deploymentId: string, outcome: Outcome): Promise<Deployment>;
  /** At start: every attempt still `applying` was cut off by the end of the process. Returns those. */
  markInterrupted(): Promise<readonly Deployment[]>;
  /** Newest first. */
  list(stack: string, limit: number): Promise<readonly Deployment[]>;
  /** The same with `operations` and `verdicts` left empty: those are long, and who looks at many attempts needs neither. */
  outline(stack: string, limit: number): Promise<readonly Deployment[]>;
  get(deploymentId: string): Promise<Deployment | null>;
  /**
   * The last release is also what this newer commit asks for: nothing had to change. Moves the release's commit forward without a
   * new entry, so that `lastRelease` and the pages tell the commit that really runs.
   */
  advance(stack: string, commit: CommitInfo, settingsDigest: string): Promise<void>;
  /** The last release that passed its gate, or null. */
  lastRelease(stack: string): Promise<Release | null>;
  /** Releases that passed their gate, newest first, one per deployment. */
  releases(stack: string, limit: number): Promise<readonly Release[]>;
  /** The model that a release ran, or null when it is not kept any more. */
  releasedProject(deploymentId: string): Promise<Project | null>;
  /** Forgets the attempts of a stack beyond the newest `keep`, but neither its last release nor one that a pin names. */
  forgetOld(stack: string, keep: number): Promise<void>;
}

export interface NewDeployment {
  readonly stack: string;
  readonly commit: CommitInfo;
  readonly trigger: Trigger;
  readonly cause: string;
  readonly settingsDigest: string;
}

export type Outcome =
  | {
      readonly status: "healthy";
      readonly verdicts: readonly ServiceVerdict[];
      readonly imageDigests: Readonly<Record<string, string>>;
      readonly repoDigests: Readonly<Record<string, string>>;
      readonly inputDigest: string;
      /** Kept sealed, as it holds the stack's secrets. */
      readonly project: Project;
    }
  | {
      readonly status: "failed";
      readonly class: FailureClass;
      readonly failureAction: FailureAction | null;
      readonly reason: string;
      readonly hint: string;
      readonly verdicts: readonly ServiceVerdict[];
    }
  | { readonly status: "interrupted"; readonly reason: string };
