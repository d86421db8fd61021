import type { Reason } from "../error.ts";
import { TallymanError } from "../error.ts";

const STATUS: Partial<Readonly<Record<Reason, number>>> = {
  InvalidInput: 400,
  ComposeFileMissing: 400,
  ComposeInvalid: 400,
  ComposeUnsupported: 400,
  VariableMissing: 400,
  PolicyViolation: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  AlreadyExists: 409,
  ChangedMeanwhile: 409,
  Busy: 409,
  ForeignProject: 409,
  HostKeyUnknown: 409,
  HostKeyChanged: 409,
  DiskFull: 507,
  EngineUnreachable: 503,
  FolderUnreadable: 503,
  EngineTimeout: 504,
  GitTimeout: 504,
  GitUnreachable: 502,
  GitAuthentication: 502,
  GitNotARepository: 502,
  GitRefMissing: 502,
  GitEmptyRepository: 502,
  GitRefused: 502,
};

/** Busy with a time to wait is a limit that was reached, not a conflict. */
export function statusOf(error: TallymanError): number {
  if (error.reason === "Busy" && error.retryAfterMs !== undefined) return 429;
  return STATUS[error.reason] ?? 500;
}

/** `{ reason, message, hint }`: the form of every error on the API. */
export function errorBody(error: TallymanError): {
  readonly reason: Reason;
  readonly message: string;
  readonly hint: string;
} {
  return { reason: error.reason, message: error.message, hint: error.hint };
}

export function jsonError(error: TallymanError): Response {
  return Response.json({ error: errorBody(error) }, { status: statusOf(error), headers: retryHeaders(error) });
}

export function retryHeaders(error: TallymanError): Record<string, string> {
  return error.retryAfterMs === undefined ? {} : { "retry-after": String(Math.ceil(error.retryAfterMs / 1_000)) };
}

/**
 * What may be said of a thrown thing. A foreign error tells nothing of its inside: its message belongs into the log, not to a visitor.
 */
export function presentable(thrown: unknown, code: string | number): TallymanError {
  if (thrown instanceof TallymanError && thrown.reason !== "Internal") return thrown;
  if (code === "NOT_FOUND")
    return new TallymanError("NotFound", "there is nothing at this address", { hint: "Start at /." });
  if (code === "PARSE")
    return new TallymanError("InvalidInput", "body: is not what its content type says", {
      hint: "Send JSON with content-type application/json.",
    });
  if (code === "VALIDATION")
    return new TallymanError("InvalidInput", describeValidation(thrown), { hint: "See /api/v1/openapi.json." });
  return new TallymanError("Internal", "something went wrong inside Tallyman", {
    hint: "The log of `tallyman serve` tells more.",
    cause: thrown,
  });
}

/** Names the field and what was expected, never what was sent: that may be a secret. */
function describeValidation(thrown: unknown): string {
  const first = firstIssue(thrown);
  const field = first.path.replace(/^\//, "").replaceAll("/", ".") || "body";
  return `${field}: ${first.message.charAt(0).toLowerCase()}${first.message.slice(1)}`;
}

function firstIssue(thrown: unknown): { readonly path: string; readonly message: string } {
  const issues = typeof thrown === "object" && thrown !== null && "all" in thrown ? thrown.all : [];
  const issue: unknown = Array.isArray(issues) ? issues[0] : undefined;
  if (typeof issue !== "object" || issue === null) return { path: "", message: "is not valid" };
  const { path, message } = issue as { path?: unknown; message?: unknown };
  return {
    path: typeof path === "string" ? path : "",
    message: typeof message === "string" ? message : "is not valid",
  };
}
