import type { Command } from "commander";
import { addJson, type Context, engineConfigOf, paintFor } from "./command-context.ts";
import { composeReport } from "./compose-plan.ts";
import { composeEngineCommand, loadProject, loadRequestOf } from "./compose-request.ts";
import { addUpOptions, upOptionsOf, upProject } from "./compose-up-options.ts";
import { EXIT } from "./exit-code.ts";
import { plainText } from "./plain-text.ts";
import { showPlanReport } from "./plan.ts";
import { startProgress } from "./progress.ts";

interface Given {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function addComposeUp(group: Command, context: Context): void {
  const command = composeEngineCommand(group, "up [service...]", "make the Engine run what the file asks for")
    .option("--wait", "wait until every service is running or healthy; exit 3 when one is not")
    .option("--wait-timeout <seconds>", "with --wait: no longer than this")
    .option("-d, --detach", "accepted for habit: up never stays attached")
    .option("--dry-run", "only say what would be done");
  addJson(addUpOptions(command)).action((services: readonly string[], options: Given, self: Command) =>
    options.dryRun ? dryRun(context, self, services, options) : up(context, self, services, options),
  );
}

async function up(context: Context, self: Command, services: readonly string[], given: Given): Promise<void> {
  const { tools } = context;
  const upOptions = upOptionsOf(self);
  const project = upProject(await loadProject(context, await loadRequestOf(context, self)), services, self);
  const progress = startProgress(tools.stderr, paintFor(context, tools.stderr));
  const verdicts = await tools.compose
    .up(engineConfigOf(context, self), project, upOptions, progress.show, tools.signal)
    .finally(progress.end);
  if (given.json) tools.stdout.write(`${JSON.stringify(verdicts, null, 2)}\n`);
  else for (const { service, summary } of verdicts) tools.stdout.write(`${service}: ${plainText(summary)}\n`);
  if (verdicts.some(({ verdict }) => verdict !== "healthy")) context.end(EXIT.notHealthy);
}

async function dryRun(context: Context, self: Command, services: readonly string[], given: Given): Promise<void> {
  const { tools } = context;
  const upOptions = upOptionsOf(self);
  const project = upProject(await loadProject(context, await loadRequestOf(context, self)), services, self);
  const plan = await composeReport(context, self, project, upOptions);
  if (given.json) tools.stdout.write(`${JSON.stringify(plan, null, 2)}\n`);
  else tools.stdout.write(showPlanReport(plan, paintFor(context, tools.stdout)));
}
