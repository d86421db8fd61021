import type { Command } from "commander";
import { type Context, openSession } from "./command-context.ts";
import { askStack, WAIT_ABOUT } from "./pass-verb.ts";
import { pathOf, refuseWaitForAll, targetCommand, targetOf } from "./variable-target.ts";

interface Given {
  readonly shared?: boolean;
  readonly wait?: boolean;
}

/** For `secret` and `variable`: they differ in whether the value is ever shown again. */
export function addVariableSet(group: Command, context: Context, secret: boolean): void {
  targetCommand(group, "set", "set it to what is read from standard input; leads to a pass")
    .option("--wait", WAIT_ABOUT)
    .addHelpText("after", "\nOne line break at the very end of the value is left out.")
    .action(async (names: readonly string[], { shared, wait }: Given, self: Command) => {
      const target = targetOf(names, shared);
      refuseWaitForAll(target, wait);
      const value = (await context.tools.readStdin()).replace(/\r?\n$/, "");
      const body = { value, secret };
      const said = `${target.name} is set ${target.owner === null ? "for every stack" : `for ${target.owner}`}`;
      if (target.owner !== null)
        return askStack(context, self, {
          stackName: target.owner,
          path: pathOf(target),
          method: "PUT",
          body,
          wait,
          say: () => said,
          fine: ["suspended", "stopped"],
        });
      const { client, json, print, printJson } = openSession(context, self);
      const answer = await client.json<object>(pathOf(target), { method: "PUT", body });
      return json ? printJson(answer) : print(`${said}\n`);
    });
}
