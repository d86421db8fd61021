import type { Command } from "commander";
import { type Context, clientCommand } from "./command-context.ts";
import { askStack, WAIT_ABOUT } from "./pass-verb.ts";

export function addStart(program: Command, context: Context): void {
  clientCommand(program, "start <stack>", "start a stack that was stopped")
    .option("--wait", WAIT_ABOUT)
    .action((stackName: string, { wait }: { wait?: boolean }, self: Command) =>
      askStack<{ readonly released: readonly string[] }>(context, self, {
        stackName,
        path: "start",
        wait,
        say: ({ released }) =>
          released.length === 0 ? `${stackName} was not stopped` : `${stackName} is being started`,
      }),
    );
}
