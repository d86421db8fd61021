import { Elysia } from "elysia";
import type { LogLine, LogOptions } from "../engine.ts";
import { asTallymanError, TallymanError } from "../error.ts";
import type { ContainerStatus, StackStatus } from "../stack.ts";
import { callerOf } from "./caller.ts";
import { errorBody } from "./error-answer.ts";
import { lineStream } from "./event-stream.ts";
import { merged } from "./merge-streams.ts";
import { describeRoute } from "./openapi.ts";
import { countIn, flagIn } from "./query.ts";
import { stackNamed } from "./stack-actions.ts";
import { streamLifetime, type Web } from "./web-context.ts";

const MOST_LINES = 10_000;

/** `/api/v1/stacks/:name/logs`: what the stack's containers print, one JSON object a line. */
export function logs(web: Web) {
  return new Elysia().get(
    "/api/v1/stacks/:name/logs",
    async ({ params, query, request }) => {
      await stackNamed(web, params.name);
      const options = {
        tail: countIn("tail", query["tail"], 200, MOST_LINES),
        follow: flagIn("follow", query["follow"]),
        ...(query["since"] ? { since: sinceIn(query["since"]) } : {}),
      };
      const wanted = containersOf(await web.reconciler.status(params.name), query["service"] || null);
      const lifetime = streamLifetime(web, request, callerOf(request));
      return lineStream(
        logLines(web, params.name, query["service"] || null, wanted, options, lifetime.signal),
        lifetime,
      );
    },
    describeRoute("Log lines as application/x-ndjson; ?service= &tail= &since= &follow="),
  );
}

interface LogSource {
  readonly serviceName: string;
  readonly container: ContainerStatus;
}

/** Only containers of this stack: ids come from its status, never from the request. Throws NotFound for an unknown service. */
function containersOf(status: StackStatus, serviceName: string | null): readonly LogSource[] {
  const services = status.services.filter((service) => serviceName === null || service.name === serviceName);
  if (serviceName !== null && services.length === 0)
    throw new TallymanError("NotFound", `the stack has no service named "${serviceName.slice(0, 63)}"`, {
      hint: `It has ${status.services.map((service) => service.name).join(", ") || "none yet"}.`,
    });
  return services.flatMap((service) =>
    service.containers.map((container) => ({ serviceName: service.name, container })),
  );
}

async function* logLines(
  web: Web,
  stackName: string,
  serviceName: string | null,
  first: readonly LogSource[],
  options: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<unknown> {
  const lines = merged<unknown>(signal);
  const attached = new Set<string>();
  const attach = (sources: readonly LogSource[], how: LogOptions) => {
    for (const source of sources.filter((candidate) => !attached.has(candidate.container.id))) {
      attached.add(source.container.id);
      lines.add(tagged(web.engine.logs(source.container.id, how, signal), source));
    }
  };
  attach(first, options);
  if (!options.follow) lines.addNoMore();
  // A new deployment brings new containers: their logs join in, from their first line.
  const unsubscribe = web.bus.subscribe((event) => {
    if (event.stack !== stackName || !["containers-changed", "deployment", "operation"].includes(event.type)) return;
    void web.reconciler.status(stackName).then(
      (status) => attach(containersOf(status, serviceName), { follow: true }),
      () => undefined,
    );
  });
  try {
    yield* lines;
  } finally {
    unsubscribe();
  }
}

async function* tagged(lines: AsyncIterable<LogLine>, source: LogSource): AsyncGenerator<unknown> {
  try {
    for await (const line of lines)
      yield {
        at: line.at,
        stream: line.stream,
        service: source.serviceName,
        container: source.container.name,
        text: line.text,
      };
  } catch (thrown) {
    yield { service: source.serviceName, container: source.container.name, error: errorBody(asTallymanError(thrown)) };
  }
}

function sinceIn(text: string): string {
  if (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$|^\d{1,12}(\.\d{1,9})?$|^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/.test(text))
    return text;
  throw new TallymanError("InvalidInput", "since: is neither a time nor a duration", {
    hint: "Write 10m, 2h, or 2026-01-31T12:00:00Z.",
  });
}
