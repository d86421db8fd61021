import { TallymanError } from "./error.ts";

/** Folders on this host that a stack's containers may mount beside its live tree. Source: git.md, "Root directory". */
export interface StackFolders {
  readonly data: string;
  readonly logs: string;
  /** The same for every stack. */
  readonly shared: string;
}

/** Absolute. Throws InvalidInput for what is no stack name, so that no path leaves the root. */
export function stackFolders(root: string, stackName: string): StackFolders {
  const home = stackHome(root, stackName);
  return { data: `${home}/data`, logs: `${home}/logs`, shared: `${root}/shared` };
}

/** Where everything of one stack lies. Throws InvalidInput for what is no stack name. */
export function stackHome(root: string, stackName: string): string {
  if (isStackName(stackName)) return `${root}/deployments/${stackName}`;
  throw new TallymanError("InvalidInput", `name: ${JSON.stringify(stackName)} is no stack name`, {
    hint: "Use lowercase letters, digits, - and _.",
  });
}

/** Lowercase letters, digits, `-` and `_`, beginning with a letter or digit, at most 63. */
export function isStackName(text: string): boolean {
  return /^[a-z0-9][a-z0-9_-]{0,62}$/.test(text);
}

/**
 * What every stack's Compose files are interpolated with beside its variables. Each value comes under two names, so that files
 * written for Stevedore mean the same here.
 */
export function stackVariables(root: string, stackName: string): Readonly<Record<string, string>> {
  const { data, logs, shared } = stackFolders(root, stackName);
  return {
    TALLYMAN_STACK: stackName,
    TALLYMAN_DATA: data,
    TALLYMAN_LOGS: logs,
    TALLYMAN_SHARED: shared,
    STEVEDORE_DEPLOYMENT: stackName,
    STEVEDORE_DATA: data,
    STEVEDORE_LOGS: logs,
    STEVEDORE_SHARED: shared,
  };
}
