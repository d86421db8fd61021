import type { Command } from "commander";
import { shortCommit } from "../revision.ts";
import { type Context, clientCommand } from "./command-context.ts";
import { askStack, WAIT_ABOUT } from "./pass-verb.ts";

interface Given {
  readonly to?: string;
  readonly why?: string;
  readonly wait?: boolean;
}

interface Told {
  readonly release: { readonly deploymentId: string; readonly commit: string; readonly message: string };
}

export function addRollback(program: Command, context: Context): void {
  clientCommand(
    program,
    "rollback <stack>",
    "run a former healthy release again, and pin the stack to it until `resume`",
  )
    .option(
      "--to <release>",
      "beginning of its commit, or number of its deployment (default: the one before the current)",
    )
    .option("--why <text>", "shown to whoever looks at it")
    .option("--wait", WAIT_ABOUT)
    .addHelpText("after", "\nThe same images and files as then; data in volumes is not turned back.")
    .action((stackName: string, { to, why, wait }: Given, self: Command) =>
      askStack<Told>(context, self, {
        stackName,
        path: "rollback",
        body: { to, why },
        wait,
        say: ({ release }) =>
          `${stackName} is pinned to ${shortCommit(release.commit)} (deployment ${release.deploymentId}): ${release.message}\n` +
          `new commits wait until: tallyman resume ${stackName}`,
      }),
    );
}
