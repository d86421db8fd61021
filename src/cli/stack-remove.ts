import type { Command } from "commander";
import { TallymanError } from "../error.ts";
import { type Context, clientCommand, openSession } from "./command-context.ts";
import { plainText } from "./plain-text.ts";

interface Given {
  readonly volumes?: boolean;
  readonly yesDeleteData?: boolean;
}

export function addStackRemove(group: Command, context: Context): void {
  clientCommand(group, "remove <name>", "stop a stack and remove its containers and networks; volumes and history stay")
    .option("--volumes", "delete its volumes with all data as well; needs --yes-delete-data")
    .option("--yes-delete-data", "confirms --volumes; without it they are only named")
    .action(async (stackName: string, { volumes, yesDeleteData }: Given, self: Command) => {
      if (yesDeleteData && !volumes)
        throw new TallymanError("InvalidInput", "--yes-delete-data: only --volumes deletes data", {
          hint: `Leave it out to keep the volumes, or write: tallyman stack remove ${stackName} --volumes --yes-delete-data`,
        });
      const { client, json, print, printJson } = openSession(context, self);
      const query = new URLSearchParams({
        ...(volumes ? { volumes: "true" } : {}),
        ...(volumes && yesDeleteData ? { confirm: stackName } : {}),
      });
      const path = `/stacks/${encodeURIComponent(stackName)}${query.size === 0 ? "" : `?${query}`}`;
      // Every container may use up its own grace period.
      const answer = await client.json<Removed>(path, { method: "DELETE", deadlineMs: 15 * 60_000 });
      if (json) printJson(answer);
      else print(`${plainText(described(answer, volumes === true))}\n`);
    });
}

interface Removed {
  readonly removed: string;
  readonly volumes: readonly string[];
}

function described({ removed, volumes }: Removed, withVolumes: boolean): string {
  if (!withVolumes) return `removed ${removed}; its volumes and its history stay`;
  return volumes.length === 0
    ? `removed ${removed}; it had no volume`
    : `removed ${removed} and deleted ${volumes.join(", ")}; its history stays`;
}
