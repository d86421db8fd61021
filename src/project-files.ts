/**
 * What the loader reads from: a directory tree seen through one synchronous question, so that loading stays pure.
 * Paths are absolute. A reader refuses what leaves its root (links included) by throwing PolicyViolation.
 */
export interface ProjectFiles {
  /** UTF-8 text, or null when there is no such file. Throws ComposeInvalid for a directory or beyond the size limit. */
  read(path: string): string | null;
  kind(path: string): "file" | "directory" | null;
}

/** A step of loading that `compose config` can leave out, to show what a file says without it. */
export type LoadStep = "consistency" | "env-files" | "interpolation" | "normalization" | "paths";

/** What a project is loaded with, beside its files. */
export interface LoadRequest {
  /** Absolute directory in which discovery begins and to which relative `files` and `envFiles` belong. */
  readonly cwd: string;
  /** As given by `-f`, in order; empty means discovery. `-` is standard input. */
  readonly files: readonly string[];
  /** `-p`; otherwise COMPOSE_PROJECT_NAME, `name:` or the directory decide. */
  readonly projectName?: string;
  readonly projectDirectory?: string;
  readonly envFiles: readonly string[];
  readonly profiles: readonly string[];
  /** Services that are meant alone, with what they depend on; their profiles are enabled. Absent or empty means all. */
  readonly services?: readonly string[];
  /** The text that `-` among the files stands for. */
  readonly standardInput?: string;
  /** Steps to leave out; none when absent. */
  readonly leaveOut?: readonly LoadStep[];
  /** The environment for interpolation: the stack's variables, or the caller's own for the stand-alone commands. */
  readonly environment: Readonly<Record<string, string>>;
}
