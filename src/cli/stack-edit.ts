import type { Command } from "commander";
import type { Stack } from "../stack.ts";
import { type Context, clientCommand } from "./command-context.ts";
import { askStack, WAIT_ABOUT } from "./pass-verb.ts";
import { addSettingsOptions, type SettingsGiven, settingsOf } from "./stack-settings.ts";

interface Given extends SettingsGiven {
  readonly wait?: boolean;
}

interface Told {
  readonly stack: Stack;
  readonly changed: readonly string[];
  readonly credentialDropped: boolean;
  readonly publicKey: string | null;
}

export function addStackEdit(group: Command, context: Context): void {
  const command = clientCommand(group, "edit <name>", "change how a stack is kept; leads to a pass").option(
    "--repo <url>",
    "another repository; on another host the stored credential is forgotten",
  );
  addSettingsOptions(command)
    .option("--wait", WAIT_ABOUT)
    .addHelpText(
      "after",
      "\nOnly what is given changes. '' empties a list or goes back to the default branch; --on-failure default and\n--gate-timeout default take a choice back.",
    )
    .action(async (stackName: string, { wait, ...given }: Given, self: Command) =>
      askStack<Told>(context, self, {
        stackName,
        path: "",
        method: "PATCH",
        body: await settingsOf(given, context),
        wait,
        say: (told) => [changes(stackName, told), credentialNews(told)].filter((line) => line !== "").join("\n"),
        fine: ["suspended", "stopped"],
      }),
    );
}

function changes(stackName: string, { changed }: Told): string {
  return changed.length === 0 ? `${stackName} is as it was` : `${stackName} changed: ${changed.join(", ")}`;
}

function credentialNews({ changed, credentialDropped, publicKey }: Told): string {
  const lost = credentialDropped ? "The stored credential was forgotten: it was given for another server. " : "";
  if (publicKey !== null && (credentialDropped || changed.includes("credential")))
    return `${lost}Register this key there: ${publicKey}`;
  return credentialDropped ? `${lost}Give it a new one with --credential, if it needs one.` : "";
}
