import { Elysia } from "elysia";
import { logsPage } from "../../views/log/logs-page.tsx";
import type { LogLine, LogOptions } from "../engine.ts";
import { asTallymanError, TallymanError } from "../error.ts";
import { callerOf } from "./caller.ts";
import { errorBody } from "./error-answer.ts";
import { lineStream } from "./event-stream.ts";
import { type LogSource, latestLines, logSources } from "./log-sources.ts";
import { merged } from "./merge-streams.ts";
import { describeRoute } from "./openapi.ts";
import { page } from "./page.ts";
import { pageFrame } from "./page-frame.ts";
import { countIn, flagIn } from "./query.ts";
import { stackNamed } from "./stack-actions.ts";
import { streamLifetime, type Web } from "./web-context.ts";

const MOST_LINES = 10_000;
const LOG_QUERY = {
  service: "one service instead of all",
  tail: "how many lines of each container; 200 unless said",
  since: "RFC 3339, Unix seconds, or a duration before now",
  follow: "true: go on with what comes",
};
const PAGE_TAIL = 200;
const READ_WITHIN_MS = 10_000;

/** `/stacks/:name/logs` and `/api/v1/stacks/:name/logs`: what the stack's containers print. */
export function logs(web: Web) {
  return new Elysia()
    .get("/stacks/:name/logs", async ({ params, query, request }) => {
      const stack = await stackNamed(web, params.name);
      const serviceName = query["service"] || null;
      const status = await web.reconciler.status(stack.name);
      const signal = AbortSignal.any([request.signal, AbortSignal.timeout(READ_WITHIN_MS)]);
      const [frame, lines] = await Promise.all([
        pageFrame(web, callerOf(request)),
        latestLines(web.engine, logSources(status, serviceName), PAGE_TAIL, signal),
      ]);
      const serviceNames = status.services.map((service) => service.name);
      return page(logsPage(frame, { stack, serviceNames, serviceName, lines, tail: PAGE_TAIL }));
    })
    .get(
      "/api/v1/stacks/:name/logs",
      async ({ params, query, request }) => {
        await stackNamed(web, params.name);
        const options = {
          tail: countIn("tail", query["tail"], 200, MOST_LINES),
          follow: flagIn("follow", query["follow"]),
          ...(query["since"] ? { since: sinceIn(query["since"]) } : {}),
        };
        const wanted = logSources(await web.reconciler.status(params.name), query["service"] || null);
        const lifetime = streamLifetime(web, request, callerOf(request));
        return lineStream(
          logLines(web, params.name, query["service"] || null, wanted, options, lifetime.signal),
          lifetime,
        );
      },
      describeRoute("Log lines as application/x-ndjson", 200, LOG_QUERY),
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
      (status) => attach(logSources(status, serviceName), { follow: true }),
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
