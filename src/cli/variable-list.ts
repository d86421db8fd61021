import type { Command } from "commander";
import { TallymanError } from "../error.ts";
import type { VariableEntry } from "../variable.ts";
import { type Context, clientCommand, openSession } from "./command-context.ts";
import { relativeTime } from "./relative-time.ts";
import { table } from "./table.ts";

/** Names and who changed them; the values of variables, never those of secrets. */
export function addVariableList(group: Command, context: Context, secret: boolean): void {
  const what = secret ? "secrets" : "variables";
  clientCommand(group, "list [stack]", `the ${what} that a stack sees${secret ? ", by name" : ", with their values"}`)
    .option("--shared", "those that every stack sees")
    .action(async (stackName: string | undefined, { shared }: { shared?: boolean }, self: Command) => {
      const { client, json, print, printJson, columns } = openSession(context, self);
      const entries = await client.json<readonly VariableEntry[]>(pathFor(stackName, shared));
      const wanted = entries.filter((entry) => entry.secret === secret);
      if (json) printJson(wanted);
      else print(showEntries(wanted, secret, context.tools.now(), columns) || `no ${what} yet\n`);
    });
}

function pathFor(stackName: string | undefined, shared: boolean | undefined): string {
  if (stackName !== undefined && !shared) return `/stacks/${encodeURIComponent(stackName)}/variables`;
  if (stackName === undefined && shared) return "/variables";
  throw new TallymanError("InvalidInput", "this needs the name of a stack, or --shared", {
    hint: "`tallyman stack list` shows the names.",
  });
}

function showEntries(entries: readonly VariableEntry[], secret: boolean, now: Date, columns?: number): string {
  const rows = entries.map((entry) => [
    entry.name,
    entry.stack ?? "every stack",
    entry.changedBy,
    relativeTime(entry.changedAt, now),
    ...(secret ? [] : [entry.value ?? ""]),
  ]);
  return table(["name", "of", "changed by", "changed", ...(secret ? [] : ["value"])], rows, columns);
}
