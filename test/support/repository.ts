import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { output } from "./command.ts";

export interface CommitOptions {
  readonly branch?: string;
  readonly author?: string;
}

/** A bare repository and the commits that tests make in it. */
export interface TestRepository {
  /** Absolute path of the bare repository, ending in `.git`. */
  readonly path: string;
  /** Writes (or with null removes) files on top of the branch and pushes; gives the new commit. */
  commit(files: Readonly<Record<string, string | null>>, message: string, options?: CommitOptions): Promise<string>;
  /** What a ref points to. */
  resolve(ref: string): Promise<string>;
  /** Any git command in the bare repository. */
  git(...words: readonly string[]): Promise<string>;
  /** Any git command in the working copy from which commits are pushed. */
  work(...words: readonly string[]): Promise<string>;
}

/** Makes `<root>/<name>.git`, empty, with `main` as its default branch. */
export async function createRepository(root: string, name = "sample"): Promise<TestRepository> {
  const path = join(root, `${name}.git`);
  const workTree = join(root, `${name}.work`);
  mkdirSync(dirname(path), { recursive: true });
  await git(root, "init", "--quiet", "--bare", "--initial-branch=main", path);
  await git(root, "init", "--quiet", "--initial-branch=main", workTree);
  await git(workTree, "remote", "add", "origin", path);

  return {
    path,
    git: (...words) => git(path, ...words),
    work: (...words) => git(workTree, ...words),
    resolve: (ref) => git(path, "rev-parse", ref),
    async commit(files, message, options = {}) {
      const branch = options.branch ?? "main";
      await switchTo(workTree, branch);
      for (const [file, content] of Object.entries(files)) {
        if (content === null) rmSync(join(workTree, file), { recursive: true });
        else await Bun.write(join(workTree, file), content);
      }
      await git(workTree, "add", "--all");
      const author = options.author === undefined ? [] : [`--author=${options.author}`];
      await git(workTree, "commit", "--quiet", "--allow-empty", ...author, "-m", message);
      await git(workTree, "push", "--quiet", "origin", `HEAD:refs/heads/${branch}`);
      return git(workTree, "rev-parse", "HEAD");
    },
  };
}

async function switchTo(workTree: string, branch: string): Promise<void> {
  const current = await git(workTree, "symbolic-ref", "--short", "HEAD");
  if (current === branch) return;
  const known = await git(workTree, "branch", "--list", branch);
  await git(workTree, "switch", "--quiet", ...(known === "" ? ["-c", branch] : [branch]));
}

/** Git without the machine's own settings. */
export function git(cwd: string, ...words: readonly string[]): Promise<string> {
  return output(["git", ...words], { cwd, env: GIT_ENVIRONMENT });
}

const GIT_ENVIRONMENT = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: "Ada Example",
  GIT_AUTHOR_EMAIL: "ada@example.test",
  GIT_COMMITTER_NAME: "Ada Example",
  GIT_COMMITTER_EMAIL: "ada@example.test",
  GIT_TERMINAL_PROMPT: "0",
};
