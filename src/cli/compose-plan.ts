import type { Command } from "commander";
import { reportPlan } from "../plan.ts";
import { addJson, type Context, engineConfigOf, paintFor } from "./command-context.ts";
import { composeEngineCommand, loadProject, loadRequestOf } from "./compose-request.ts";
import { addUpOptions, scaled, upOptionsOf } from "./compose-up-options.ts";
import { EXIT } from "./exit-code.ts";
import { showPlanReport } from "./plan.ts";

export function addComposePlan(group: Command, context: Context): void {
  const command = composeEngineCommand(group, "plan", "what up would do, and why; exit 4 when not empty");
  addJson(addUpOptions(command)).action(async (options: { json?: boolean }, self: Command) => {
    const { tools } = context;
    const upOptions = upOptionsOf(self);
    const project = scaled(await loadProject(context, await loadRequestOf(context, self)), self);
    const plan = await tools.compose.plan(engineConfigOf(context, self), project, upOptions, tools.signal);
    const report = reportPlan(plan, null);
    if (options.json) tools.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    else tools.stdout.write(showPlanReport(report, paintFor(context, tools.stdout)));
    if (!report.empty) context.end(EXIT.outOfSync);
  });
}
