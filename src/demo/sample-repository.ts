import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { type GitCommand, runGit } from "./git-command.ts";

/** Unix seconds of the first commit: fixed, so that the same version always makes the same commit. */
const COMMITTED_AT = 1_767_225_600;
const DEADLINE_MS = 60_000;

/**
 * Makes the bare sample repository at `path` with one commit of `files` on main, unless there is one already: what was pushed since stays.
 * It appears whole or not at all. Returns whether it was made.
 */
export async function ensureSampleRepository(
  path: string,
  files: Readonly<Record<string, string>>,
  git: GitCommand,
  signal: AbortSignal,
): Promise<boolean> {
  if (await stat(path).catch(() => null)) return false;
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  const run = { directory: unfinished, deadlineMs: DEADLINE_MS };
  await runGit(
    git,
    ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", unfinished],
    { deadlineMs: DEADLINE_MS },
    signal,
  );
  const input = firstCommit(files);
  await runGit(git, ["fast-import", "--quiet", "--done"], { ...run, input }, signal);
  await rename(unfinished, path);
  return true;
}

/** A stream for git fast-import. Source: git-fast-import(1), "Input format"; lengths count bytes. */
function firstCommit(files: Readonly<Record<string, string>>): string {
  const who = `Tallyman <tallyman@localhost> ${COMMITTED_AT} +0000`;
  return [
    "commit refs/heads/main",
    `author ${who}`,
    `committer ${who}`,
    data("Begin with a page and a visitor\n"),
    ...Object.entries(files).map(([path, content]) => `M 100644 inline ${path}\n${data(content)}`),
    "done\n",
  ].join("\n");
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`;
}
