/** One git job in a short-lived, locked-down container. git/ writes the job, docker/ runs it; neither knows the other. */
export interface WorkerRunner {
  /** Runs to the end and removes the container, also when the signal aborts or the deadline passes. Throws WorkerFailed, GitTimeout, EngineUnreachable, ImageUnavailable. */
  run(job: WorkerJob, signal: AbortSignal): Promise<WorkerResult>;
  /** Removes workers that an earlier process left behind. Returns how many. */
  sweep(signal: AbortSignal): Promise<number>;
}

export interface WorkerJob {
  /** For the label and for messages: `fetch shop`. */
  readonly name: string;
  /** Never a shell string, never a secret. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly { readonly hostPath: string; readonly path: string; readonly readOnly: boolean }[];
  /** Without it the container has no network at all. */
  readonly network: boolean;
  readonly deadlineMs: number;
  /** uid:gid that owns the mounted directories. */
  readonly user: string;
}

export interface WorkerResult {
  readonly exitCode: number;
  /** Capped at 64 KiB each. */
  readonly stdout: string;
  readonly stderr: string;
}
