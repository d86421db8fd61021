import { Fragment, h, type Markup } from "../h.ts";
import { layout } from "../layout.tsx";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import { crumbs } from "../stack/stack-head.tsx";
import type { LogEntry, LogsView } from "../stack/stack-view.ts";
import { exactTime } from "../time-text.ts";
import { coloured } from "./log-lines.tsx";

/** The latest lines of a stack's containers, of one service or all. */
export function logsPage(context: PageContext, view: LogsView): Markup {
  const { stack, serviceName } = view;
  const children = (
    <>
      <div class="head">
        <div class="titles">
          {crumbs(stack.name)}
          <h1>Logs</h1>
        </div>
        <span class="fill" />
        <a class="btn" href={routes.logs(stack.name, serviceName ?? undefined)}>
          Read again
        </a>
      </div>
      {serviceTabs(view)}
      {logLines(view)}
    </>
  );
  return layout(context, { title: `Logs of ${serviceName ?? stack.name}`, section: "stacks", live: null, children });
}

function serviceTabs({ stack, serviceName, serviceNames }: LogsView): Markup {
  const tab = (name: string | null) => (
    <a href={routes.logs(stack.name, name ?? undefined)} aria-current={name === serviceName ? "page" : undefined}>
      {name ?? "All services"}
    </a>
  );
  return (
    <nav class="tabs" aria-label="Services">
      {tab(null)}
      {serviceNames.map(tab)}
    </nav>
  );
}

function logLines({ lines, serviceName, serviceNames, tail, stack }: LogsView): Markup {
  if (lines.length === 0)
    return (
      <section class="sheet empty">
        <h2>No lines</h2>
        <p>
          {serviceNames.length === 0
            ? "Nothing runs yet, so nothing was written."
            : "The containers have written nothing to standard output or error."}
        </p>
      </section>
    );
  const many = serviceName === null && serviceNames.length > 1;
  return (
    <section class="sheet" aria-labelledby="lines-title">
      <header>
        <h2 id="lines-title">{serviceName ?? "All services"}</h2>
        <span class="faint">
          the last <span class="num">{tail}</span> lines{many ? " a service" : ""}, newest last, times in UTC
          {lines.some(({ stream }) => stream === "stderr") ? "; a red edge marks standard error" : null}
        </span>
        <span class="fill" />
        <code class="faint hide-small">
          tallyman logs {stack.name} {serviceName ? `${serviceName} ` : ""}-f
        </code>
      </header>
      <pre class="term long" tabindex="0">
        {lines.map((line) => logLine(line, many))}
      </pre>
    </section>
  );
}

function logLine({ at, stream, serviceName, text }: LogEntry, many: boolean): Markup {
  return (
    <>
      <span class="t" title={exactTime(at)}>
        {at.slice(11, 23)}
      </span>{" "}
      {many ? <span class="svc">{serviceName} </span> : null}
      {stream === "stderr" ? (
        <span class="err" title="standard error">
          {coloured(text)}
        </span>
      ) : (
        coloured(text)
      )}
      {"\n"}
    </>
  );
}
