import type { Command } from "commander";
import type { RequestOptions } from "./client.ts";
import { type Context, openSession } from "./command-context.ts";
import { askAndWatch, describePass, type PassAnswer, reportPass } from "./pass-answer.ts";
import { plainText } from "./plain-text.ts";

export const WAIT_ABOUT = "wait for the end; exit 3 when it went back, was blocked or is not healthy";

interface Asked<Told> {
  readonly stackName: string;
  /** Below `/stacks/NAME/`; "" is the stack itself. */
  readonly path: string;
  readonly method?: RequestOptions["method"];
  readonly body?: object;
  readonly wait?: boolean | undefined;
  /** What came of it beside the pass, for a person; "" says nothing. */
  readonly say: (told: Told) => string;
  /** Outcomes of the pass that are just what was asked for. */
  readonly fine?: readonly PassAnswer["outcome"][];
}

/** One request about a stack that leads to a pass: tells what came of it, and with `wait` how the pass ended. */
export async function askStack<Told extends object>(
  context: Context,
  self: Command,
  asked: Asked<Told>,
): Promise<void> {
  const { client, json, print, printJson } = openSession(context, self);
  const { stackName, wait, method = "POST" } = asked;
  const path = [`/stacks/${encodeURIComponent(stackName)}`, asked.path].filter((part) => part !== "").join("/");
  const inQuery = wait && method === "DELETE" ? `${path}?wait=true` : path;
  const body = method === "DELETE" ? {} : { body: { ...asked.body, ...(wait ? { wait } : {}) } };
  const request = { method, ...body };
  type Answer = Told & Partial<PassAnswer>;
  const { answer, summary } = wait
    ? await askAndWatch<Answer>(client, { path: inQuery, stackName, ...request }, context)
    : { answer: await client.json<Answer>(path, request), summary: "" };
  const said = asked.say(answer);
  if (json) printJson(answer);
  else if (said !== "")
    print(
      said
        .split("\n")
        .map((line) => `${plainText(line)}\n`)
        .join(""),
    );
  if (!isPass(answer)) return;
  if (!json) print(`${plainText(stackName)}: ${describePass(answer, summary)}\n`);
  context.end(reportPass(answer, context, asked.fine));
}

/** Without `wait`, or when nothing changed, there was none to wait for. */
function isPass(answer: Partial<PassAnswer>): answer is PassAnswer {
  return answer.outcome !== undefined;
}
