import type { Command } from "commander";
import { shortCommit } from "../revision.ts";
import type { StackStatus } from "../stack.ts";
import { type Context, clientCommand, openSession } from "./command-context.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { relativeTime } from "./relative-time.ts";
import type { StackAnswer } from "./stack-show.ts";
import { type Paint, showOutcome, showState } from "./style.ts";
import { fields, table } from "./table.ts";

interface Given {
  readonly exitCode?: boolean;
}

export function addStatus(program: Command, context: Context): void {
  clientCommand(program, "status [stack]", "whether what runs is what Git asks for")
    .option("--exit-code", "exit 3 when a stack failed or is degraded, 4 when one is out of sync or reconciling")
    .action(async (stackName: string | undefined, options: Given, self: Command) => {
      const { client, json, print, printJson, paint, columns } = openSession(context, self);
      const statuses =
        stackName === undefined
          ? await client.json<readonly StackStatus[]>("/stacks")
          : [(await client.json<StackAnswer>(`/stacks/${encodeURIComponent(stackName)}`)).status];
      if (json) printJson(statuses);
      else if (stackName === undefined) print(showStatuses(statuses, paint, context.tools.now(), columns));
      else for (const status of statuses) print(showStatus(status, paint, context.tools.now()));
      if (options.exitCode) context.end(exitCodeOfStates(statuses));
    });
}

function exitCodeOfStates(statuses: readonly StackStatus[]): ExitCode {
  if (statuses.some(({ state }) => state === "failed" || state === "degraded")) return EXIT.notHealthy;
  if (statuses.some(({ state }) => state === "out-of-sync" || state === "reconciling")) return EXIT.outOfSync;
  return EXIT.done;
}

/** A line per stack. */
export function showStatuses(statuses: readonly StackStatus[], paint: Paint, now: Date, columns?: number): string {
  const rows = statuses.map((status) => [
    status.name,
    { shown: showState(status.state, paint) },
    showCommit(status.commit),
    relativeTime(status.lastGoodPollAt, now),
    status.reason,
  ]);
  return (
    table(["stack", "state", "commit", "polled", "reason"], rows, columns) ||
    "no stacks yet; begin with: tallyman stack add NAME --repo URL\n"
  );
}

/** One stack with its services and containers. */
function showStatus(status: StackStatus, paint: Paint, now: Date): string {
  const head = fields([
    ["stack", status.name],
    ["state", { shown: showState(status.state, paint) }],
    ["reason", status.reason || "–"],
    ...(status.hint ? [["next", status.hint] as const] : []),
    ["commit", showCommit(status.commit)],
    ["wanted", showCommit(status.wantedCommit)],
    ["polled", relativeTime(status.lastGoodPollAt, now)],
    ["deployment", status.lastDeploymentId ?? "–"],
  ]);
  const rows = status.services.flatMap((service) => {
    const first = [service.name, { shown: showOutcome(wordOf(service), paint) }, service.image] as const;
    if (service.containers.length === 0) return [[...first, "–", "–", "–"]];
    return service.containers.map((container) => [
      ...first,
      container.name,
      relativeTime(container.startedAt, now),
      `${container.restarts}`,
    ]);
  });
  const services = table(["service", "state", "image", "container", "started", "restarts"], rows);
  return services ? `${head}\n${services}` : head;
}

function wordOf(service: StackStatus["services"][number]): string {
  return service.health === "none" ? service.state : service.health;
}

function showCommit(commit: string | null): string {
  return commit === null ? "–" : shortCommit(commit);
}
