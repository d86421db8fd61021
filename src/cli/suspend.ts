import type { Command } from "commander";
import { type Context, clientCommand } from "./command-context.ts";
import { askStack, WAIT_ABOUT } from "./pass-verb.ts";

interface Given {
  readonly why?: string;
  readonly wait?: boolean;
}

export function addSuspend(parent: Command, context: Context): void {
  clientCommand(parent, "suspend <stack>", "change nothing of a stack until somebody resumes it; what runs goes on")
    .option("--why <text>", "shown to whoever looks at it")
    .option("--wait", WAIT_ABOUT)
    .action((stackName: string, { why, wait }: Given, self: Command) =>
      askStack(context, self, {
        stackName,
        path: "suspend",
        body: { why },
        wait,
        say: () => `${stackName} is suspended; go on with: tallyman resume ${stackName}`,
        fine: ["suspended"],
      }),
    );
}
