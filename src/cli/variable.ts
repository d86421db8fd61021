import type { Command } from "commander";
import type { Context } from "./command-context.ts";
import { addVariableList } from "./variable-list.ts";
import { addVariableSet } from "./variable-set.ts";
import { addVariableUnset } from "./variable-unset.ts";

/** What Compose files are interpolated with, and nobody is shown again. */
export function addSecret(program: Command, context: Context): void {
  addVerbs(program.command("secret").description("values for Compose files that are never shown again"), context, true);
}

/** What Compose files are interpolated with, and may be seen. */
export function addVariable(program: Command, context: Context): void {
  addVerbs(program.command("variable").description("values for Compose files that may be seen"), context, false);
}

function addVerbs(group: Command, context: Context, secret: boolean): void {
  addVariableSet(group, context, secret);
  addVariableList(group, context, secret);
  addVariableUnset(group, context);
}
