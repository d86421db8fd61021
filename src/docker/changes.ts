import type { EngineChange } from "../engine.ts";
import { TallymanError } from "../error.ts";
import { COMPOSE_LABEL } from "../label.ts";
import type { EngineClient } from "./engine-client.ts";
import { jsonLines, streamBody, untilAborted } from "./stream-body.ts";

interface EngineEvent {
  readonly Action?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
}

/**
 * Container events of one project, or with null of every Compose project. Yields "listening" once the Engine has begun to tell; ends when `signal` aborts; throws
 * EngineUnreachable when the stream is cut or ends (the Engine stops): connecting again is the caller's job.
 */
export async function* changes(
  client: EngineClient,
  project: string | null,
  signal: AbortSignal,
): AsyncGenerator<EngineChange> {
  const what = `listen to the containers of ${project ?? "every project"}`;
  const filters = JSON.stringify({
    type: ["container"],
    label: [project === null ? COMPOSE_LABEL.project : `${COMPOSE_LABEL.project}=${project}`],
  });
  const body = await client.stream({ method: "GET", path: "/events", query: { filters }, what }, signal);
  yield { type: "listening" };
  for await (const event of jsonLines<EngineEvent>(untilAborted(streamBody(body, what, signal), signal))) {
    const change = containerChange(event);
    if (change) yield change;
  }
  if (!signal.aborted)
    throw new TallymanError("EngineUnreachable", `${what}: the Docker Engine ended the stream.`, {
      hint: "It is listened to again as soon as the Engine is back.",
    });
}

/** Execs are left out: a healthcheck makes three of them every time and says its result in an event of its own. */
function containerChange({ Action: action, Actor: actor }: EngineEvent): EngineChange | null {
  if (!action || !actor?.ID || action.startsWith("exec_")) return null;
  const serviceName = actor.Attributes?.[COMPOSE_LABEL.service] ?? "";
  const project = actor.Attributes?.[COMPOSE_LABEL.project] ?? "";
  return { type: "container", action, containerId: actor.ID, serviceName, project };
}
