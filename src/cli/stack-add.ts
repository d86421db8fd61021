import type { Command } from "commander";
import type { Reason } from "../error.ts";
import { shortCommit } from "../revision.ts";
import type { Stack } from "../stack.ts";
import { type Context, clientCommand, openSession, type Session } from "./command-context.ts";
import { complain } from "./complain.ts";
import { EXIT } from "./exit-code.ts";
import { plainText } from "./plain-text.ts";
import { addSettingsOptions, type SettingsGiven, settingsOf } from "./stack-settings.ts";

interface Given extends SettingsGiven {
  readonly project?: string;
}

/** What the daemon answers to a stack that it took. */
export interface Added {
  readonly stack: Stack;
  readonly publicKey: string | null;
  readonly probe: { readonly ok: true; readonly commit: string; readonly ref: string } | Obstacle;
}

interface Obstacle {
  readonly ok: false;
  readonly error: { readonly reason: Reason; readonly message: string; readonly hint: string };
}

export function addStackAdd(group: Command, context: Context): void {
  const command = clientCommand(group, "add <name>", "keep a repository running; its first deployment begins at once")
    .usage("[options] <name> --repo <url>")
    .requiredOption("--repo <url>", "the repository: https://…, http://…, ssh://… or user@host:path")
    .option("--project <name>", "Compose project name (default: the stack's name)");
  addSettingsOptions(command)
    .addHelpText(
      "after",
      "\nExit 1 when the repository cannot be read as given; the stack is kept and polled all the same.",
    )
    .action(async (stackName: string, options: Given, self: Command) => {
      const session = openSession(context, self);
      const body = { name: stackName, project: options.project, ...(await settingsOf(options, context)) };
      // The daemon probes the remote before it answers.
      const added = await session.client.json<Added>("/stacks", { method: "POST", body, deadlineMs: 5 * 60_000 });
      if (session.json) session.printJson(added);
      else report(added, session, context);
      if (givenWrongly(added)) context.end(EXIT.failed);
    });
}

/** Pasting the new deploy key and vouching for the server come after adding; anything else means that the stack was given wrongly. */
export function givenWrongly({ probe, publicKey }: Added): boolean {
  if (probe.ok || probe.error.reason === "HostKeyUnknown") return false;
  return probe.error.reason !== "GitAuthentication" || publicKey === null;
}

function report(added: Added, session: Session, context: Context): void {
  const { stack, publicKey, probe } = added;
  session.print(`added ${stack.name}: ${plainText(stack.repository)}\n`);
  printDeployKey(publicKey, session);
  if (probe.ok) session.print(`${plainText(probe.ref)} is at ${shortCommit(probe.commit)}; deploying\n`);
  else complain(context, "kept, but not readable yet:", probe.error);
}

/** Asks for what the operator must do at the git server; nothing without a key. */
export function printDeployKey(publicKey: string | null, { print }: Session): void {
  if (publicKey === null) return;
  print(`\nGive this deploy key read access to the repository:\n\n${plainText(publicKey)}\n\n`);
}
