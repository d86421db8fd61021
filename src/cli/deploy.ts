import type { Command } from "commander";
import { type Context, clientCommand } from "./command-context.ts";
import { askStack, WAIT_ABOUT } from "./pass-verb.ts";

export function addDeploy(program: Command, context: Context): void {
  clientCommand(program, "deploy <stack>", "poll now and deploy what Git asks for")
    .option("--wait", WAIT_ABOUT)
    .action((stackName: string, { wait }: { wait?: boolean }, self: Command) =>
      askStack(context, self, {
        stackName,
        path: "deploy",
        wait,
        say: () => (wait ? "" : `${stackName}: taken; follow it with: tallyman events -f ${stackName}`),
      }),
    );
}
