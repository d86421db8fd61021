import type { Command } from "commander";
import { TallymanError } from "../error.ts";
import { shortCommit } from "../revision.ts";
import type { Hold } from "../stack.ts";
import { type Context, clientCommand } from "./command-context.ts";
import { askStack, WAIT_ABOUT } from "./pass-verb.ts";

interface Given {
  readonly ref?: string;
  readonly why?: string;
  readonly wait?: boolean;
}

interface Told {
  readonly hold?: Hold;
}

export function addDeploy(program: Command, context: Context): void {
  clientCommand(program, "deploy <stack>", "poll now and deploy what Git asks for")
    .option("--ref <ref>", "another branch, tag or full commit; the stack is pinned to it until `resume`")
    .option("--why <text>", "with --ref: shown to whoever looks at it")
    .option("--wait", WAIT_ABOUT)
    .action((stackName: string, { ref, why, wait }: Given, self: Command) => {
      if (why !== undefined && ref === undefined)
        throw new TallymanError("InvalidInput", "--why: only a deploy of another --ref needs a reason", {
          hint: "Leave it out, or name the --ref.",
        });
      return askStack<Told>(context, self, {
        stackName,
        path: "deploy",
        body: ref === undefined ? {} : { ref, why },
        wait,
        say: (told) => [pinned(stackName, told), wait ? "" : taken(stackName)].filter((line) => line !== "").join("\n"),
      });
    });
}

function taken(stackName: string): string {
  return `${stackName}: taken; follow it with: tallyman events -f ${stackName}`;
}

function pinned(stackName: string, { hold }: Told): string {
  if (!hold?.revision) return "";
  return `${stackName} is pinned to ${shortCommit(hold.revision.commit)}; follow its own ref again with: tallyman resume ${stackName}`;
}
