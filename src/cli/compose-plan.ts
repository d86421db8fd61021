import type { Command } from "commander";
import { reportPlan } from "../plan.ts";
import type { Project } from "../project.ts";
import { addJson, type Context, engineConfigOf, paintFor } from "./command-context.ts";
import { composeEngineCommand, warn } from "./compose-request.ts";
import { addUpOptions } from "./compose-up-options.ts";
import { EXIT } from "./exit-code.ts";
import { showPlanReport } from "./plan.ts";
import type { ComposeEvent, UpOptions } from "./tools.ts";
import { upRequest } from "./up-request.ts";

/** What up would do, with its warnings on stderr. */
export async function composeReport(context: Context, self: Command, project: Project, upOptions: UpOptions) {
  const { compose, signal } = context.tools;
  const onEvent = (event: ComposeEvent) => {
    if (event.type === "warning") warn(context, [event.message]);
  };
  return reportPlan(await compose.plan(engineConfigOf(context, self), project, upOptions, onEvent, signal), null);
}

export function addComposePlan(group: Command, context: Context): void {
  const command = composeEngineCommand(group, "plan [service...]", "what up would do, and why; exit 4 when not empty");
  addJson(addUpOptions(command)).action(
    async (services: readonly string[], options: { json?: boolean }, self: Command) => {
      const { tools } = context;
      const { project, upOptions } = await upRequest(context, self, services);
      const report = await composeReport(context, self, project, upOptions);
      if (options.json) tools.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      else tools.stdout.write(showPlanReport(report, paintFor(context, tools.stdout)));
      if (!report.empty) context.end(EXIT.outOfSync);
    },
  );
}
