import type { Stack, StackStatus } from "../../src/stack.ts";
import { csrfField, field } from "../form.tsx";
import { h, type Markup } from "../h.ts";
import { layout } from "../layout.tsx";
import { complaintNote } from "../note.tsx";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import { crumbs } from "./stack-head.tsx";
import type { Complaint } from "./stack-view.ts";

export interface HoldView {
  readonly stack: Stack;
  readonly status: StackStatus;
  readonly kind: "suspended" | "stopped";
  readonly why: string;
  readonly error: Complaint | null;
}

const WORDS = {
  suspended: {
    verb: "Suspend",
    action: routes.suspend,
    happens:
      "Tallyman changes nothing of it any more: no deployment, no repair, no return. It still looks for commits.",
    stays: "What runs goes on running, just as it is, until somebody resumes it.",
  },
  stopped: {
    verb: "Stop",
    action: routes.stop,
    happens: "Its containers are stopped, each with its own grace period, and stay so. Whatever they serve is down.",
    stays: "Containers, networks, volumes and data. Starting it brings back what ran, or the newest commit.",
  },
} as const;

/** Asks for the reason before a stack is suspended or stopped: whoever looks next will want to know. */
export function holdPage(context: PageContext, { stack, kind, why, error }: HoldView): Markup {
  const { verb, action, happens, stays } = WORDS[kind];
  const children = (
    <div class="narrow">
      <div class="titles">
        {crumbs(stack.name)}
        <h1>
          {verb} {stack.name}?
        </h1>
      </div>
      {error ? complaintNote(error) : null}
      <form method="post" action={action(stack.name)} class="sheet pad fields">
        {csrfField(context.csrf)}
        <dl class="consequences">
          <div>
            <dt>Then</dt>
            <dd>{happens}</dd>
          </div>
          <div>
            <dt>Stays</dt>
            <dd>{stays}</dd>
          </div>
        </dl>
        {field({
          name: "why",
          label: "Why",
          value: why,
          maxlength: 500,
          autofocus: true,
          placeholder: "moving the database",
          hint: "Shown on its page with your name. May stay empty.",
        })}
        <div class="actions">
          <button class="btn main" type="submit">
            {verb} {stack.name}
          </button>
          <a class="btn plain" href={routes.stack(stack.name)}>
            Cancel
          </a>
        </div>
      </form>
    </div>
  );
  return layout(context, { title: `${verb} ${stack.name}`, section: "stacks", live: null, children });
}
