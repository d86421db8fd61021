/** Where in a file an error sits. `line` and `column` count from 1. */
export interface Position {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * Every reason a machine may switch on. The name is part of the API (`error.reason`) and of the history.
 * A new reason needs a line in `reconcile/failure-class.ts`.
 */
export type Reason =
  // the command or request itself
  | "InvalidInput"
  | "NotFound"
  | "AlreadyExists"
  /** What was to be changed is not as it was when it was read. */
  | "ChangedMeanwhile"
  | "Unauthorized"
  | "Forbidden"
  | "Busy"
  | "Internal"
  // the daemon and its state
  | "DaemonUnreachable"
  | "AlreadyRunning"
  | "AddressInUse"
  | "StoreKeyMissing"
  | "StoreKeyWrong"
  | "StoreNewer"
  | "StoreUnusable"
  // git
  | "GitUnreachable"
  | "GitTimeout"
  | "GitAuthentication"
  | "GitNotARepository"
  | "GitRefMissing"
  | "GitEmptyRepository"
  | "GitRefused"
  | "HostKeyUnknown"
  | "HostKeyChanged"
  | "WorkerFailed"
  // folder
  | "FolderUnreadable"
  // compose
  | "ComposeFileMissing"
  | "ComposeInvalid"
  | "ComposeUnsupported"
  | "VariableMissing"
  | "PolicyViolation"
  // docker
  | "EngineUnreachable"
  | "EngineTimeout"
  | "EngineRefused"
  | "EngineFailed"
  | "ImageUnavailable"
  | "BuildFailed"
  | "RegistryUnavailable"
  | "RegistryDenied"
  | "DiskFull"
  /** The project's containers bear the label of another Tallyman. */
  | "ForeignProject"
  // the gate
  | "NotHealthy"
  | "Interrupted";

export interface ErrorOptions {
  /** What to do next, in one sentence; empty only when the message says it already. */
  readonly hint?: string;
  readonly at?: Position;
  readonly cause?: unknown;
  /** When the other side said how long to wait (Retry-After), in milliseconds. */
  readonly retryAfterMs?: number;
}

/**
 * An error for three readers: `reason` for the machine, `message` and `hint` for the operator, `cause` for the log.
 * Everything thrown across a folder's border is one of these; never put a secret into any of its fields.
 */
export class TallymanError extends Error {
  override readonly name = "TallymanError";
  readonly reason: Reason;
  readonly hint: string;
  readonly at: Position | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(reason: Reason, message: string, options: ErrorOptions = {}) {
    super(options.at ? `${showPosition(options.at)}: ${message}` : message, { cause: options.cause });
    this.reason = reason;
    this.hint = options.hint ?? "";
    this.at = options.at;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** `file:line:column`, as editors and terminals link it. */
export function showPosition(at: Position): string {
  return [at.file, at.line, at.line === undefined ? undefined : at.column]
    .filter((part) => part !== undefined)
    .join(":");
}

/** Any thrown thing as a TallymanError; foreign errors become `Internal` and keep the original as cause. */
export function asTallymanError(thrown: unknown, reason: Reason = "Internal"): TallymanError {
  if (thrown instanceof TallymanError) return thrown;
  return new TallymanError(reason, thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
}
