import { createHash } from "node:crypto";
import type { LoadRequest } from "../project-files.ts";
import type { Stack } from "../stack.ts";
import type { Variables } from "../variable.ts";

/**
 * Digest of everything but the commit that shapes what a stack becomes: with the commit it is the key of a remembered failure, so that
 * mending a setting or a secret lifts the block. Hex SHA-256.
 */
export function settingsDigest(stack: Stack, variables: Variables): string {
  const { project, repository, path, files, envFiles, profiles, onFailure, gateTimeoutMs, liveTree } = stack;
  const settings = { project, repository, path, files, envFiles, profiles, onFailure, gateTimeoutMs, liveTree };
  return createHash("sha256")
    .update(JSON.stringify({ ...settings, variables: variables.digest }))
    .digest("hex");
}

/** How a stack's files are loaded: from its folder of the live tree, with its own variables and nothing of the daemon's environment. */
export function loadRequestOf(
  stack: Stack,
  liveTree: string,
  environment: Readonly<Record<string, string>>,
): LoadRequest {
  const cwd = stack.path ? `${liveTree}/${stack.path}` : liveTree;
  return {
    cwd,
    files: stack.files,
    projectName: stack.project,
    projectDirectory: cwd,
    envFiles: stack.envFiles,
    profiles: stack.profiles,
    environment,
  };
}
