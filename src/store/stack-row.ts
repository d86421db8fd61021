import type { CredentialKind, DriftMode, FailureAction, Stack } from "../stack.ts";
import type { Row, Value } from "./database-protocol.ts";
import { integer, integerOrNull, json, text, textOrNull } from "./row.ts";

/** Every setting of a stack but its name: column → how a stack is written to it. */
const COLUMNS: Readonly<Record<string, (stack: Stack) => Value>> = {
  project: (stack) => stack.project,
  origin: (stack) => stack.origin,
  repository: (stack) => stack.repository,
  ref: (stack) => stack.ref,
  path: (stack) => stack.path,
  files: (stack) => JSON.stringify(stack.files),
  env_files: (stack) => JSON.stringify(stack.envFiles),
  profiles: (stack) => JSON.stringify(stack.profiles),
  interval_ms: (stack) => stack.intervalMs,
  credential: (stack) => stack.credential,
  drift: (stack) => stack.drift,
  on_failure: (stack) => stack.onFailure,
  gate_timeout_ms: (stack) => stack.gateTimeoutMs,
  prune: (stack) => (stack.prune ? 1 : 0),
  depends_on: (stack) => JSON.stringify(stack.dependsOn),
  live_tree: (stack) => stack.liveTree,
  created_at: (stack) => stack.createdAt,
};

const NAMES = Object.keys(COLUMNS);

/** Takes `stackValues`, then the name. */
export const INSERT_STACK = `INSERT INTO stack (${NAMES.join(", ")}, name) VALUES (${NAMES.map(() => "?").join(", ")}, ?)`;

/** Takes `stackValues`, then the row's id. Puts a removed stack back. */
export const UPDATE_STACK = `UPDATE stack SET ${NAMES.map((name) => `${name} = ?`).join(", ")}, removed_at = NULL WHERE id = ?`;

export function stackValues(stack: Stack): readonly Value[] {
  return Object.values(COLUMNS).map((write) => write(stack));
}

export function stackOf(row: Row): Stack {
  return {
    name: text(row, "name"),
    project: text(row, "project"),
    origin: text(row, "origin") as Stack["origin"],
    repository: text(row, "repository"),
    ref: textOrNull(row, "ref"),
    path: text(row, "path"),
    files: json<readonly string[]>(row, "files"),
    envFiles: json<readonly string[]>(row, "env_files"),
    profiles: json<readonly string[]>(row, "profiles"),
    intervalMs: integer(row, "interval_ms"),
    credential: text(row, "credential") as CredentialKind,
    drift: text(row, "drift") as DriftMode,
    onFailure: textOrNull(row, "on_failure") as FailureAction | null,
    gateTimeoutMs: integerOrNull(row, "gate_timeout_ms"),
    prune: integer(row, "prune") === 1,
    dependsOn: json<readonly string[]>(row, "depends_on"),
    liveTree: textOrNull(row, "live_tree"),
    createdAt: text(row, "created_at"),
  };
}
