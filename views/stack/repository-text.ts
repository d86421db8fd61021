import type { Stack } from "../../src/stack.ts";

/** `forge.example/infra/shop` of any remote URL: what people call the repository. */
export function repositoryName(repository: string): string {
  const scp = /^(?:[^@/]+@)?([^:/]+):(?!\/\/)(.+)$/.exec(repository);
  const plain = scp ? `${scp[1]}/${scp[2]}` : repository.replace(/^[a-z+]+:\/\/(?:[^@/]*@)?/i, "");
  return plain.replace(/\/+$/, "").replace(/\.git$/, "");
}

/** Host of the remote, lowercase and without port: `github.com`. */
export function repositoryHost(repository: string): string {
  return (repositoryName(repository).split("/")[0] ?? "").replace(/:\d+$/, "").toLowerCase();
}

/** The repository's page, where one exists for sure: https, or a well-known forge over SSH. Null otherwise. */
export function repositoryPage(repository: string): string | null {
  if (/^https:\/\//i.test(repository)) return repository.replace(/\.git\/?$/, "");
  const known = /^(github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)$/;
  return known.test(repositoryHost(repository))
    ? `https://${repositoryName(repository).replace(/^([^/]+):\d+/, "$1")}`
    : null;
}

/** The last two parts of the repository and the folder: enough to tell stacks apart in a row. */
export function placeOf(stack: Stack): string {
  const name = repositoryName(stack.repository).split("/").slice(-2).join("/");
  return stack.path === "" ? name : `${name} / ${stack.path}`;
}
