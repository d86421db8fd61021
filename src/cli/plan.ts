import type { Command } from "commander";
import type { PlanReport } from "../plan.ts";
import { shortCommit } from "../revision.ts";
import { type Context, clientCommand, openSession } from "./command-context.ts";
import { EXIT } from "./exit-code.ts";
import { plainText } from "./plain-text.ts";
import type { Paint } from "./style.ts";
import { table } from "./table.ts";

/** The daemon probes and fetches for a plan, so it may take as long as a repository does. */
const PLAN_DEADLINE_MS = 15 * 60_000;

export function addPlan(program: Command, context: Context): void {
  clientCommand(program, "plan <stack>", "what the next deployment would do, and why; exit 4 when not empty")
    .option("--ref <ref>", "what a deployment of this branch, tag or full commit would do")
    .action(async (stackName: string, { ref }: { ref?: string }, self: Command) => {
      const { client, json, print, printJson, paint } = openSession(context, self);
      const query = ref === undefined ? "" : `?${new URLSearchParams({ ref })}`;
      const path = `/stacks/${encodeURIComponent(stackName)}/plan${query}`;
      const report = await client.json<PlanReport>(path, { deadlineMs: PLAN_DEADLINE_MS });
      if (json) printJson(report);
      else print(showPlanReport(report, paint));
      if (!report.empty) context.end(EXIT.outOfSync);
    });
}

/** A plan for a person: one line per operation with its cause, then what the policy forbids. */
export function showPlanReport(report: PlanReport, paint: Paint): string {
  const at = report.revision === null ? "" : ` at ${shortCommit(report.revision)}`;
  if (report.empty) return `${plainText(report.project)} is in sync${at}: nothing to do\n${violations(report, paint)}`;
  const rows = report.operations.map(({ kind, resource, cause, after }, index) => [
    `${index}`,
    kind,
    resource,
    after.join(","),
    cause,
  ]);
  return table(["#", "operation", "resource", "after", "cause"], rows) + violations(report, paint);
}

function violations(report: PlanReport, paint: Paint): string {
  return report.violations
    .map(({ field, file, line, rule, allow }) => {
      const where = plainText(`${file}:${line}: ${field}`);
      return `${paint("red", "✕ refused")} ${where}: ${plainText(rule)} (to allow it: ${plainText(allow)})\n`;
    })
    .join("");
}
