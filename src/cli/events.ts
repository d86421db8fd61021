import type { Command } from "commander";
import type { StackEvent } from "../event.ts";
import { resourceOf } from "../plan.ts";
import { shortCommit } from "../revision.ts";
import { type Context, clientCommand, openSession, type Session } from "./command-context.ts";
import { followEvents } from "./event-feed.ts";
import { plainText } from "./plain-text.ts";
import { showMilliseconds } from "./relative-time.ts";

export function addEvents(program: Command, context: Context): void {
  clientCommand(program, "events [stack]", "what happened, oldest first; with --json one object a line")
    .option("-f, --follow", "go on with what happens from now on")
    .action(async (stackName: string | undefined, options: { follow?: boolean }, self: Command) => {
      const session = openSession(context, self);
      let shown = 0;
      const show = (event: StackEvent): void => {
        if (stackName !== undefined && event.stack !== stackName) return;
        shown += 1;
        session.print(line(event, session));
      };
      if (options.follow) {
        await mustExist(session, stackName);
        return follow(session, context, show);
      }
      for (const event of await session.client.json<readonly StackEvent[]>("/events")) show(event);
      // One that was removed may still have events.
      if (shown === 0) await mustExist(session, stackName);
    });
}

/** Throws the daemon's own NotFound. */
async function mustExist({ client }: Session, stackName: string | undefined): Promise<void> {
  if (stackName !== undefined) await client.json(`/stacks/${encodeURIComponent(stackName)}`);
}

async function follow(session: Session, context: Context, show: (event: StackEvent) => void): Promise<void> {
  const { stdout, stderr, signal } = context.tools;
  const onCut = (): void => stderr.write("connection lost; trying again\n");
  for await (const event of followEvents(session.client, signal, onCut)) {
    show(event);
    await stdout.drained?.();
  }
}

function line(event: StackEvent, session: Session): string {
  if (session.json) return `${JSON.stringify(event)}\n`;
  const time = session.paint("grey", event.at.slice(11, 19));
  return `${time} ${plainText(event.stack)}: ${plainText(sentence(event))}\n`;
}

/** An event in words. */
function sentence(event: StackEvent): string {
  switch (event.type) {
    case "stack-added":
    case "stack-removed":
    case "stack-edited":
      return event.type.replace("-", " ");
    case "polled":
      return `polled: ${event.changed ? "new commit" : "unchanged at"} ${shortCommit(event.commit)}`;
    case "poll-failed":
      return `poll failed: ${event.message}`;
    case "pass-started":
      return `pass started (${event.trigger})`;
    case "pass-finished":
      return `pass finished: ${event.outcome}`;
    case "phase":
      return `${event.phase}: ${event.detail}`;
    case "operation":
      return operationSentence(event);
    case "pull-progress":
      return `pull ${event.image}: ${event.text}`;
    case "build-progress":
      return `build ${event.image}: ${event.text}`;
    case "deployment":
      return `deployment ${event.deploymentId}: ${event.status}${event.reason === null ? "" : ` (${event.reason})`}`;
    case "conflict-saved":
      return `${event.path} was changed by hand; saved as ${event.savedAs}`;
    case "notice":
      return `${event.message}${event.hint === "" ? "" : ` — ${event.hint}`}`;
    case "drift-found":
      return event.differences === 1
        ? "1 thing is not as it should be"
        : `${event.differences} things are not as they should be`;
    case "held":
      return `${event.kind} by ${event.by}${event.why === "" ? "" : `: ${event.why}`}`;
    case "released":
      return `no longer ${event.kind} (${event.by})`;
    case "containers-changed":
      return "containers changed";
    case "warning":
      return `warning: ${event.message}`;
  }
}

function operationSentence(event: Extract<StackEvent, { type: "operation" }>): string {
  const what = `${event.operation.kind} ${resourceOf(event.operation)}`;
  return event.status === "running" ? what : `${what}: ${event.status} (${showMilliseconds(event.durationMs)})`;
}
