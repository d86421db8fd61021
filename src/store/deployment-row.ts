import type {
  Deployment,
  DeploymentStatus,
  FailureClass,
  RecordedOperation,
  Release,
  ServiceVerdict,
  Trigger,
} from "../deployment.ts";
import type { FailureAction } from "../stack.ts";
import type { Row } from "./database-protocol.ts";
import { integer, integerOrNull, json, text, textOrNull } from "./row.ts";

/** Every column of a deployment, with its stack's name as `stack`. */
export const SELECT_DEPLOYMENT =
  "SELECT deployment.*, stack.name AS stack FROM deployment JOIN stack ON stack.id = deployment.stack_id";

/** The same, but of what is long only that there is none. */
export const SELECT_OUTLINE = `SELECT deployment.id, commit_id, message, author, trigger, cause, settings_digest, status, class,
  failure_action, reason, hint, interruptions, started_at, finished_at, duration_ms, '[]' AS operations, '[]' AS verdicts,
  stack.name AS stack FROM deployment JOIN stack ON stack.id = deployment.stack_id`;

export function deploymentOf(row: Row): Deployment {
  return {
    id: String(integer(row, "id")),
    stack: text(row, "stack"),
    commit: text(row, "commit_id"),
    message: text(row, "message"),
    author: text(row, "author"),
    trigger: text(row, "trigger") as Trigger,
    cause: text(row, "cause"),
    settingsDigest: text(row, "settings_digest"),
    status: text(row, "status") as DeploymentStatus,
    class: textOrNull(row, "class") as FailureClass | null,
    failureAction: textOrNull(row, "failure_action") as FailureAction | null,
    reason: textOrNull(row, "reason"),
    hint: textOrNull(row, "hint"),
    interruptions: integer(row, "interruptions"),
    startedAt: text(row, "started_at"),
    finishedAt: textOrNull(row, "finished_at"),
    durationMs: integerOrNull(row, "duration_ms"),
    operations: json<readonly RecordedOperation[]>(row, "operations"),
    verdicts: json<readonly ServiceVerdict[]>(row, "verdicts"),
  };
}

/** The columns of a release alone: what was said at its gate can be long, and a release is read at every poll. */
export const RELEASE_COLUMNS = `deployment.id, commit_id, message, author, settings_digest, advanced_commit_id, advanced_message,
  advanced_author, advanced_settings_digest, image_digests, repo_digests, input_digest, finished_at`;

/** A healthy deployment as what can be run again: with the commit it moved on to, if it did. */
export function releaseOf(row: Row): Release {
  const moved = row["advanced_commit_id"] === null ? "" : "advanced_";
  return {
    deploymentId: String(integer(row, "id")),
    commit: text(row, `${moved}commit_id`),
    message: text(row, `${moved}message`),
    author: text(row, `${moved}author`),
    settingsDigest: text(row, `${moved}settings_digest`),
    imageDigests: json<Readonly<Record<string, string>>>(row, "image_digests"),
    repoDigests: json<Readonly<Record<string, string>>>(row, "repo_digests"),
    inputDigest: textOrNull(row, "input_digest"),
    healthyAt: text(row, "finished_at"),
  };
}

/** Ids are decimal; anything else is the id of nothing. */
export function deploymentNumber(deploymentId: string): number {
  return /^\d{1,15}$/.test(deploymentId) ? Number(deploymentId) : 0;
}
