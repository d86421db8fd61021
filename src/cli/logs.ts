import type { Command } from "commander";
import { type Context, clientCommand, openSession, paintFor, type Session } from "./command-context.ts";
import { wholeNumber } from "./compose-up-options.ts";
import { colouredText, plainText } from "./plain-text.ts";
import { type Paint, usesColour } from "./style.ts";
import { textLines } from "./text-lines.ts";

interface Given {
  readonly follow?: boolean;
  readonly since?: string;
  readonly tail?: string;
}

/** One line of `logs --json`. */
interface LogEntry {
  readonly at: string;
  readonly stream: "stdout" | "stderr";
  readonly service: string;
  readonly container: string;
  readonly text: string;
  /** In place of `text`: this container's output cannot be read. */
  readonly error?: { readonly message: string };
}

export function addLogs(program: Command, context: Context): void {
  clientCommand(program, "logs <stack> [service]", "what the containers print; with --json one object a line")
    .option("-f, --follow", "go on with what they print from now on")
    .option("--since <time>", "only newer than a time (RFC 3339) or a duration before now, like 10m")
    .option("--tail <lines>", "how many lines of each container's end (default: 200)")
    .action(async (stackName: string, serviceName: string | undefined, options: Given, self: Command) => {
      const session = openSession(context, self);
      const path = `/stacks/${encodeURIComponent(stackName)}/logs?${queryOf(serviceName, options)}`;
      const show = printer(context, session);
      const headers = { accept: "application/x-ndjson" };
      for await (const line of textLines(session.client.stream(path, { headers }))) {
        if (line.trim() !== "") show(line);
      }
    });
}

function queryOf(serviceName: string | undefined, given: Given): string {
  const query = new URLSearchParams();
  if (serviceName !== undefined) query.set("service", serviceName);
  if (given.since !== undefined) query.set("since", given.since);
  query.set("tail", `${wholeNumber("--tail", given.tail ?? "200")}`);
  if (given.follow) query.set("follow", "true");
  return query.toString();
}

/** Container output is foreign text: on a terminal only its colours may act, in a pipe it goes through as it is. */
function printer(context: Context, session: Session): (line: string) => void {
  const { stdout, stderr, host } = context.tools;
  const paint: Paint = paintFor(context, stdout);
  const clean = usesColour(stdout, host.environment) ? colouredText : stdout.isTerminal ? plainText : String;
  return (line) => {
    const entry = JSON.parse(line) as LogEntry;
    if (session.json) session.print(`${line}\n`);
    else if (entry.error) stderr.write(`error: ${plainText(entry.container)}: ${plainText(entry.error.message)}\n`);
    else session.print(`${paint("blue", plainText(entry.container))} ${paint("grey", "|")} ${clean(entry.text)}\n`);
  };
}
