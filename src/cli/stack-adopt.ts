import type { Command } from "commander";
import type { TallymanError } from "../error.ts";
import type { PlanReport } from "../plan.ts";
import { type Context, clientCommand, openSession, type Session } from "./command-context.ts";
import { complain } from "./complain.ts";
import { EXIT } from "./exit-code.ts";
import { askAndWatch, describePass, type PassAnswer, reportPass } from "./pass-answer.ts";
import { plainText } from "./plain-text.ts";
import { showPlanReport } from "./plan.ts";
import { type Added, givenWrongly, printDeployKey } from "./stack-add.ts";
import { addSettingsOptions, type SettingsGiven, settingsOf } from "./stack-settings.ts";

interface Given extends SettingsGiven {
  readonly name?: string;
  readonly yes?: boolean;
  readonly inPlace?: boolean;
}

interface Adopted extends Added {
  readonly found: { readonly containers: number; readonly services: readonly string[]; readonly workingDir: string };
  readonly plan: PlanReport | null;
  readonly obstacle: Pick<TallymanError, "reason" | "message" | "hint"> | null;
}

export function addStackAdopt(group: Command, context: Context): void {
  const command = clientCommand(group, "adopt <project>", "make a stack of a Compose project that runs already")
    .usage("[options] <project> --repo <url>")
    .requiredOption("--repo <url>", "the repository that holds its Compose file")
    .option("--name <name>", "name of the stack (default: the project's)")
    .option("--in-place", "keep its files where the project runs now")
    .option("--yes", "do not stop at the plan: carry it out and wait for the end");
  addSettingsOptions(command)
    .addHelpText(
      "after",
      "\nWithout --yes nothing is touched: the stack is suspended, and its plan is shown. What runs as the repository\nsays is kept without a restart.",
    )
    .action(async (project: string, options: Given, self: Command) => {
      const session = openSession(context, self);
      const { name, inPlace } = options;
      const body = { project, name, inPlace, ...(await settingsOf(options, context)) };
      const adopted = await session.client.json<Adopted>("/adoptions", {
        method: "POST",
        body,
        deadlineMs: 15 * 60_000,
      });
      const goesOn = options.yes === true && adopted.plan !== null;
      if (!session.json) report(adopted, session, context);
      if (!session.json && !goesOn) session.print(howToGoOn(adopted));
      const pass = goesOn ? await carryOut(adopted, session, context) : null;
      if (session.json) session.printJson(pass ? { ...adopted, pass } : adopted);
      if (pass) return context.end(reportPass(pass, context));
      if (givenWrongly(adopted) || (adopted.probe.ok && adopted.obstacle)) context.end(EXIT.failed);
    });
}

function report({ stack, found, publicKey, plan, obstacle }: Adopted, session: Session, context: Context): void {
  const what = `${found.containers} container${found.containers === 1 ? "" : "s"} of ${found.services.join(", ")}`;
  session.print(`${plainText(`${stack.name} keeps the project ${stack.project} now: ${what}`)}\n`);
  printDeployKey(publicKey, session);
  if (plan) session.print(`\n${showPlanReport(plan, session.paint)}`);
  if (obstacle) complain(context, "there is no plan yet:", obstacle);
}

function howToGoOn({ stack, plan }: Adopted): string {
  const look = plan ? "" : `Look at the plan with: tallyman plan ${stack.name}\n`;
  return `\n${look}It is suspended; let it happen with: tallyman resume ${stack.name}\n`;
}

async function carryOut({ stack }: Adopted, { client, json, print }: Session, context: Context): Promise<PassAnswer> {
  const path = `/stacks/${encodeURIComponent(stack.name)}/resume`;
  const request = { path, stackName: stack.name, method: "POST", body: { wait: true } } as const;
  const { answer: pass, summary } = await askAndWatch<PassAnswer>(client, request, context);
  if (!json) print(`${stack.name}: ${describePass(pass, summary)}\n`);
  return pass;
}
