import { createHash } from "node:crypto";
import type { LoadRequest } from "../project-files.ts";
import type { Stack } from "../stack.ts";

/**
 * Digest of everything but the commit that shapes what a stack becomes: with the commit it is the key of a remembered failure, so that
 * mending a setting lifts the block. Hex SHA-256.
 */
export function settingsDigest(stack: Stack): string {
  const { project, repository, path, files, envFiles, profiles } = stack;
  return createHash("sha256")
    .update(JSON.stringify({ project, repository, path, files, envFiles, profiles }))
    .digest("hex");
}

/** How a stack's files are loaded: from its folder of the live tree, with nothing of the daemon's own environment. */
export function loadRequestOf(stack: Stack, liveTree: string): LoadRequest {
  const cwd = stack.path ? `${liveTree}/${stack.path}` : liveTree;
  return {
    cwd,
    files: stack.files,
    projectName: stack.project,
    projectDirectory: cwd,
    envFiles: stack.envFiles,
    profiles: stack.profiles,
    environment: {},
  };
}
