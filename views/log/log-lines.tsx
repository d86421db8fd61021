import { Fragment, h, type Markup } from "../h.ts";
import { ansiRuns } from "./ansi.ts";

const STAMP = /^(\d{4}-\d{2}-\d{2}T(\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?)\d*(?:Z|[+-]\d{2}:\d{2}))\s/;

/** Raw lines of a container, as they were kept; scrolled to the last ones, which mostly say why. */
export function logTail(lines: readonly string[]): Markup {
  return (
    <section class="term tail" tabindex="0" aria-label="Last lines of the log">
      <pre>
        {lines.map((line) => (
          <>
            {stamped(line)}
            {"\n"}
          </>
        ))}
      </pre>
    </section>
  );
}

/** A leading RFC 3339 stamp shows only its time of day; the whole one on hover. */
function stamped(line: string): Markup {
  const match = STAMP.exec(line);
  if (!match) return coloured(line);
  return (
    <>
      <span class="t" title={match[1]}>
        {match[2]}
      </span>{" "}
      {coloured(line.slice(match[0].length))}
    </>
  );
}

export function coloured(text: string): Markup {
  return (
    <>
      {ansiRuns(text).map((run) => (run.className === "" ? run.text : <span class={run.className}>{run.text}</span>))}
    </>
  );
}
