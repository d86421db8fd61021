import type { Command } from "commander";
import { TallymanError } from "../error.ts";
import { clientCommand } from "./command-context.ts";

/** Whose variable: a stack's, or with null one that every stack sees. */
export interface VariableTarget {
  readonly owner: string | null;
  readonly name: string;
}

/** `<stack> KEY`, or `--shared KEY`. */
export function targetCommand(group: Command, verb: string, about: string): Command {
  return clientCommand(group, `${verb} <names...>`, about)
    .usage("[options] (<stack> | --shared) <name>")
    .option("--shared", "one that every stack sees");
}

/** Throws InvalidInput. */
export function targetOf(names: readonly string[], shared: boolean | undefined): VariableTarget {
  const [first, second] = names;
  if (shared && first !== undefined && names.length === 1) return { owner: null, name: first };
  if (!shared && first !== undefined && second !== undefined && names.length === 2)
    return { owner: first, name: second };
  throw new TallymanError("InvalidInput", "this needs a stack and the name of the variable", {
    hint: "Write NAME KEY, or --shared KEY for one that every stack sees.",
  });
}

/** Its address in the API. */
export function pathOf({ owner, name }: VariableTarget): string {
  const key = encodeURIComponent(name);
  return owner === null ? `/variables/${key}` : `variables/${key}`;
}

/** `--wait` waits for one stack. Throws InvalidInput. */
export function refuseWaitForAll({ owner }: VariableTarget, wait: boolean | undefined): void {
  if (owner !== null || !wait) return;
  throw new TallymanError("InvalidInput", "--wait: a shared one leads to a pass of every stack", {
    hint: "Leave it out, and follow them with: tallyman events -f",
  });
}
