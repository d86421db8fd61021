import type { Command } from "commander";
import { type Context, clientCommand } from "./command-context.ts";
import { askStack, WAIT_ABOUT } from "./pass-verb.ts";

export function addRetry(program: Command, context: Context): void {
  clientCommand(program, "retry <stack>", "try once more what failed, without a new commit")
    .option("--wait", WAIT_ABOUT)
    .action((stackName: string, { wait }: { wait?: boolean }, self: Command) =>
      askStack(context, self, {
        stackName,
        path: "retry",
        wait,
        say: () => (wait ? "" : `${stackName}: taken; follow it with: tallyman events -f ${stackName}`),
      }),
    );
}
