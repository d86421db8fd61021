import type { Command } from "commander";
import { showDuration } from "../quantity.ts";
import { shortCommit } from "../revision.ts";
import type { Hold, Stack, StackStatus } from "../stack.ts";
import { type Context, clientCommand, openSession } from "./command-context.ts";
import { type Paint, showState } from "./style.ts";
import { fields } from "./table.ts";

/** What the daemon says of one stack. */
export interface StackAnswer {
  readonly stack: Stack;
  readonly status: StackStatus;
  readonly publicKey: string | null;
  readonly holds?: readonly Hold[];
  /** The release that the stack is pinned to. */
  readonly pinnedTo?: { readonly commit: string } | null;
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

function showSettings(answer: StackAnswer, paint: Paint): string {
  const { stack, status, publicKey } = answer;
  return fields([
    ["name", stack.name],
    ["state", { shown: showState(status, paint) }],
    ...showHolds(answer),
    [stack.origin === "folder" ? "folder" : "repository", stack.repository],
    ["ref", stack.ref ?? "the default branch"],
    ["path", stack.path || "/"],
    ["files", stack.files.join(", ") || "found as Docker Compose finds them"],
    ["env files", stack.envFiles.join(", ") || "–"],
    ["profiles", stack.profiles.join(", ") || "–"],
    ["project", stack.project],
    ["live tree", stack.liveTree ?? "–"],
    ["interval", shown(stack.intervalMs)],
    ["drift", stack.drift],
    ["on failure", stack.onFailure ?? "as the Compose file says"],
    ["gate timeout", stack.gateTimeoutMs === null ? "as the healthchecks suggest" : shown(stack.gateTimeoutMs)],
    ["prune", stack.prune ? "yes" : "no"],
    ["waits for", stack.dependsOn.join(", ") || "–"],
    ["credential", stack.credential],
    ["deploy key", publicKey ?? "–"],
    ["added", stack.createdAt],
  ]);
}

/** Who holds the stack, when and why: a line each. */
export function showHolds({ holds = [], pinnedTo }: StackAnswer): readonly (readonly [string, string])[] {
  return holds.map(({ kind, by, why, at, revision }) => {
    const commit = revision?.commit ?? (kind === "pinned" ? pinnedTo?.commit : undefined);
    const to = commit === undefined ? "" : `to ${shortCommit(commit)} `;
    return [kind, `${to}by ${by} at ${at}${why === "" ? "" : `: ${why}`}`];
  });
}

function shown(milliseconds: number): string {
  return showDuration(BigInt(milliseconds) * 1_000_000n);
}
