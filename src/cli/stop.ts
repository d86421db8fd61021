import type { Command } from "commander";
import { type Context, clientCommand } from "./command-context.ts";
import { askStack } from "./pass-verb.ts";

interface Given {
  readonly why?: string;
  readonly wait?: boolean;
}

export function addStop(program: Command, context: Context): void {
  clientCommand(program, "stop <stack>", "stop a stack's containers and keep them stopped until somebody starts it")
    .option("--why <text>", "shown to whoever looks at it")
    .option("--wait", "wait until they are stopped")
    .action((stackName: string, { why, wait }: Given, self: Command) =>
      askStack(context, self, {
        stackName,
        path: "stop",
        body: { why },
        wait,
        say: () => (wait ? "" : `${stackName} is being stopped; bring it back with: tallyman start ${stackName}`),
        fine: ["stopped"],
      }),
    );
}
