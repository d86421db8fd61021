import type { Drift } from "../../src/stack.ts";
import { shortDigests } from "../digest-text.ts";
import { postButton } from "../form.tsx";
import { h, type Markup } from "../h.ts";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import type { StackSummary } from "./stack-view.ts";

/** Field by field, where Docker is not as the release asks for. Empty (and not shown) while nothing differs. */
export function driftSection(context: PageContext, { stack, status }: StackSummary): Markup {
  if (status.drift.length === 0) return <div id="stack-drift" class="slot" />;
  return (
    <section id="stack-drift" class="sheet" aria-labelledby="drift-title">
      <header>
        <h2 id="drift-title">Drift</h2>
        <span class="faint">{consequence({ stack, status })}</span>
        <span class="fill" />
        {postButton(context, { action: routes.drift(stack.name), label: "Look again" })}
      </header>
      <div class="row driftrow heads" aria-hidden="true">
        <span>What</span>
        <span>Field</span>
        <span>The release asks for</span>
        <span>Docker has</span>
      </div>
      <ul class="rows">{status.drift.map(driftRow)}</ul>
    </section>
  );
}

function consequence({ stack, status }: Pick<StackSummary, "stack" | "status">): string {
  const held = status.suspended !== null || status.stopped !== null;
  return held && !status.pinned
    ? "Docker is not as the release asks for; left so while the stack is held back"
    : MODES[stack.drift];
}

const MODES = {
  repair: "Docker is not as the release asks for; it is put right with the next look",
  report: "Docker is not as the release asks for; only reported, as this stack is set",
  off: "Docker was not as the release asks for when it was last looked at",
} as const;

function driftRow({ resource, field, wanted, found }: Drift): Markup {
  return (
    <li class="row driftrow">
      <b class="cut" title={resource}>
        {resource.replace(/^service:/, "")}
      </b>
      <span>{field}</span>
      <span>
        <span class="unseen">wanted </span>
        <code title={wanted}>{brief(wanted)}</code>
      </span>
      <span>
        <span class="unseen">found </span>
        <code class="warn" title={found}>
          {brief(found)}
        </code>
      </span>
    </li>
  );
}

function brief(text: string): string {
  return text === "" ? "nothing" : shortDigests(text);
}
