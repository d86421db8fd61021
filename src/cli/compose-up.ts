import type { Command } from "commander";
import type { ServiceVerdict } from "../deployment.ts";
import { TallymanError } from "../error.ts";
import { addJson, type Context, engineConfigOf, paintFor } from "./command-context.ts";
import { composeReport } from "./compose-plan.ts";
import { composeEngineCommand } from "./compose-request.ts";
import { addUpOptions } from "./compose-up-options.ts";
import { whileWatched } from "./compose-watch.ts";
import { plainText } from "./plain-text.ts";
import { showPlanReport } from "./plan.ts";
import { showOutcome } from "./style.ts";
import { upRequest } from "./up-request.ts";

interface Given {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** More than these of a failed service's last lines hide what failed. */
const LOG_LINES_SHOWN = 10;

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
  const { stdout, compose, signal } = context.tools;
  const { project, upOptions } = await upRequest(context, self, services);
  const config = engineConfigOf(context, self);
  const verdicts = await whileWatched(context, project.name, "is as its file says: nothing to do", (show) =>
    compose.up(config, project, upOptions, show, signal),
  );
  if (given.json) stdout.write(`${JSON.stringify(verdicts, null, 2)}\n`);
  else stdout.write(verdicts.map((one) => showVerdict(one, context)).join(""));
  const [first, ...more] = verdicts.filter(({ verdict }) => verdict !== "healthy");
  if (first) throw notHealthy(first, more.length);
}

function showVerdict({ service, verdict, summary, evidence }: ServiceVerdict, context: Context): string {
  const mark = showOutcome(verdict, paintFor(context, context.tools.stdout)).replace(` ${verdict}`, "");
  const tail = verdict === "healthy" ? [] : evidence.logTail.slice(-LOG_LINES_SHOWN);
  const lines = [`${mark} ${service}: ${plainText(summary)}`, ...tail.map((line) => `    ${plainText(line)}`)];
  return lines.map((line) => `${line}\n`).join("");
}

function notHealthy({ service, summary }: ServiceVerdict, more: number): TallymanError {
  const others = more === 0 ? "" : `, and ${more} more service${more === 1 ? " is" : "s are"} not healthy`;
  return new TallymanError("NotHealthy", `${service}: ${summary}${others}`, {
    hint: "Everything stays as it is now. `tallyman compose ps` names the containers, `docker logs NAME` says why.",
  });
}

async function dryRun(context: Context, self: Command, services: readonly string[], given: Given): Promise<void> {
  const { tools } = context;
  const { project, upOptions } = await upRequest(context, self, services);
  const plan = await composeReport(context, self, project, upOptions);
  if (given.json) tools.stdout.write(`${JSON.stringify(plan, null, 2)}\n`);
  else tools.stdout.write(showPlanReport(plan, paintFor(context, tools.stdout)));
}
