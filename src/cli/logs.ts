import type { Command } from "commander";
import { type Context, clientCommand, openSession, paintFor, type Session } from "./command-context.ts";
import { wholeNumber } from "./compose-up-options.ts";
import { type LogEntry, logEntries } from "./log-feed.ts";
import { colouredText, plainText } from "./plain-text.ts";
import { type Paint, usesColour } from "./style.ts";

interface Given {
  readonly follow?: boolean;
  readonly since?: string;
  readonly tail: string;
}

export function addLogs(program: Command, context: Context): void {
  clientCommand(program, "logs <stack> [service]", "what the containers print; with --json one object a line")
    .option("-f, --follow", "go on with what they print from now on")
    .option("--since <time>", "only newer than a time (RFC 3339) or a duration before now, like 10m")
    .option("--tail <lines>", "how many lines of each container's end", "200")
    .action(async (stackName: string, serviceName: string | undefined, options: Given, self: Command) => {
      const { signal, stdout, stderr } = context.tools;
      const session = openSession(context, self);
      const tail = wholeNumber("--tail", options.tail);
      const request = { stackName, serviceName, since: options.since, tail, follow: options.follow === true };
      const show = printer(context, session);
      const onCut = (): void => stderr.write("connection lost; trying again\n");
      for await (const entry of logEntries(session.client, request, signal, onCut)) {
        show(entry);
        await stdout.drained?.();
      }
    });
}

/** Container output is foreign text: on a terminal only its colours may act, in a pipe it goes through as it is. */
function printer(context: Context, session: Session): (entry: LogEntry) => void {
  const { stdout, stderr, host } = context.tools;
  const paint: Paint = paintFor(context, stdout);
  const clean = usesColour(stdout, host.environment) ? colouredText : stdout.isTerminal ? plainText : String;
  return (entry) => {
    if (session.json) session.print(`${JSON.stringify(entry)}\n`);
    else if (entry.error) stderr.write(`error: ${plainText(entry.container)}: ${plainText(entry.error.message)}\n`);
    else session.print(`${paint("blue", plainText(entry.container))} ${paint("grey", "|")} ${clean(entry.text)}\n`);
  };
}
