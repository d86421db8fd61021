import type { Command } from "commander";
import { showDuration } from "../quantity.ts";
import type { Stack, StackStatus } from "../stack.ts";
import { type Context, clientCommand, openSession } from "./command-context.ts";
import { type Paint, showState } from "./style.ts";
import { fields } from "./table.ts";

/** What the daemon says of one stack. */
export interface StackAnswer {
  readonly stack: Stack;
  readonly status: StackStatus;
  readonly publicKey: string | null;
}

export function addStackShow(group: Command, context: Context): void {
  clientCommand(group, "show <name>", "the settings of a stack and the public half of its deploy key").action(
    async (stackName: string, _options: object, self: Command) => {
      const { client, json, print, printJson, paint } = openSession(context, self);
      const answer = await client.json<StackAnswer>(`/stacks/${encodeURIComponent(stackName)}`);
      if (json) printJson(answer);
      else print(showSettings(answer, paint));
    },
  );
}

function showSettings({ stack, status, publicKey }: StackAnswer, paint: Paint): string {
  return fields([
    ["name", stack.name],
    ["state", { shown: showState(status.state, paint) }],
    ["repository", stack.repository],
    ["ref", stack.ref ?? "the default branch"],
    ["path", stack.path || "/"],
    ["files", stack.files.join(", ") || "found as Docker Compose finds them"],
    ["env files", stack.envFiles.join(", ") || "–"],
    ["profiles", stack.profiles.join(", ") || "–"],
    ["project", stack.project],
    ["interval", showDuration(BigInt(stack.intervalMs) * 1_000_000n)],
    ["credential", stack.credential],
    ["deploy key", publicKey ?? "–"],
    ["added", stack.createdAt],
  ]);
}
