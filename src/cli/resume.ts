import type { Command } from "commander";
import { type Context, clientCommand } from "./command-context.ts";
import { askStack, WAIT_ABOUT } from "./pass-verb.ts";

interface Told {
  readonly released: readonly string[];
  /** What will run, in words. */
  readonly next: string;
}

export function addResume(parent: Command, context: Context): void {
  clientCommand(parent, "resume <stack>", "follow the repository again: neither suspended nor pinned any more")
    .option("--wait", WAIT_ABOUT)
    .action((stackName: string, { wait }: { wait?: boolean }, self: Command) =>
      askStack<Told>(context, self, {
        stackName,
        path: "resume",
        wait,
        say: ({ released, next }) =>
          released.length === 0
            ? `${stackName} was neither suspended nor pinned`
            : `${stackName} is no longer ${released.join(" or ")}; next runs ${next}`,
        fine: ["stopped"],
      }),
    );
}
