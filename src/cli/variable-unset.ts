import type { Command } from "commander";
import { type Context, openSession } from "./command-context.ts";
import { askStack, WAIT_ABOUT } from "./pass-verb.ts";
import { pathOf, refuseWaitForAll, targetCommand, targetOf } from "./variable-target.ts";

interface Given {
  readonly shared?: boolean;
  readonly wait?: boolean;
}

export function addVariableUnset(group: Command, context: Context): void {
  targetCommand(group, "unset", "remove it; leads to a pass")
    .option("--wait", WAIT_ABOUT)
    .action(async (names: readonly string[], { shared, wait }: Given, self: Command) => {
      const target = targetOf(names, shared);
      refuseWaitForAll(target, wait);
      if (target.owner !== null)
        return askStack(context, self, {
          stackName: target.owner,
          path: pathOf(target),
          method: "DELETE",
          wait,
          say: () => `${target.name} is removed from ${target.owner}`,
          fine: ["suspended", "stopped"],
        });
      const { client, json, print, printJson } = openSession(context, self);
      const answer = await client.json<object>(pathOf(target), { method: "DELETE" });
      return json ? printJson(answer) : print(`${target.name} is removed for every stack\n`);
    });
}
