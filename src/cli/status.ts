import type { Command } from "commander";
import { shortCommit } from "../revision.ts";
import type { StackStatus } from "../stack.ts";
import { type Context, clientCommand, openSession } from "./command-context.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { relativeTime } from "./relative-time.ts";
import { type StackAnswer, showHolds } from "./stack-show.ts";
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
      const answer =
        stackName === undefined ? null : await client.json<StackAnswer>(`/stacks/${encodeURIComponent(stackName)}`);
      const statuses = answer ? [answer.status] : await client.json<readonly StackStatus[]>("/stacks");
      if (json) printJson(statuses);
      else if (answer) print(showStatus(answer, paint, context.tools.now()));
      else print(showStatuses(statuses, paint, context.tools.now(), columns));
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
    { shown: showState(status, paint) },
    showCommit(status.commit),
    relativeTime(status.lastGoodPollAt, now),
    status.reason,
  ]);
  return (
    table(["stack", "state", "commit", "polled", "reason"], rows, columns) ||
    "no stacks yet; begin with: tallyman stack add NAME --repo URL\n"
  );
}

/** One stack with what holds it, what differs, its services and containers. */
function showStatus(answer: StackAnswer, paint: Paint, now: Date): string {
  const { status } = answer;
  const head = fields([
    ["stack", status.name],
    ["state", { shown: showState(status, paint) }],
    ["reason", status.reason || "–"],
    ...(status.hint ? [["next", status.hint] as const] : []),
    ...showHolds(answer),
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
  const drift = showDrift(status);
  return [head, ...(drift ? [`drift: Docker is not as the release asks for\n${drift}`] : []), services]
    .filter((part) => part !== "")
    .join("\n");
}

/** Field by field; "" while nothing differs. */
function showDrift({ drift }: StackStatus): string {
  const rows = drift.map(({ resource, field, wanted, found }) => [resource, field, wanted || "–", found || "–"]);
  return table(["resource", "field", "wanted", "found"], rows);
}

function wordOf(service: StackStatus["services"][number]): string {
  return service.health === "none" ? service.state : service.health;
}

function showCommit(commit: string | null): string {
  return commit === null ? "–" : shortCommit(commit);
}
