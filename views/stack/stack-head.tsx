import { shortCommit } from "../../src/revision.ts";
import { postButton } from "../form.tsx";
import { h, type Markup } from "../h.ts";
import { menu } from "../menu.tsx";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import { stackStateMark } from "../state.tsx";
import type { StackSummary } from "./stack-view.ts";

/** Name, state and what can be done. Only the first part changes live, so that an open menu stays open. */
export function stackHead(context: PageContext, summary: StackSummary): Markup {
  return (
    <div class="head">
      {liveHead(context, summary)}
      {moreMenu(summary.stack.name)}
    </div>
  );
}

/** Name, state and the action that fits the state. */
export function liveHead(context: PageContext, { stack, status }: StackSummary): Markup {
  return (
    <div id="stack-head" class="head livehead">
      <div class="titles">
        {crumbs(null)}
        <h1>{stack.name}</h1>
      </div>
      {stackStateMark(status)}
      <span class="fill" />
      <div class="actions">
        <a class="btn" href={routes.logs(stack.name)}>
          Logs
        </a>
        <a class="btn" href={routes.plan(stack.name)}>
          Plan
        </a>
        {mainButton(context, { stack, status })}
      </div>
    </div>
  );
}

/** While somebody holds the stack, the note about that bears the button that helps. */
function mainButton(context: PageContext, { stack, status }: Pick<StackSummary, "stack" | "status">): Markup | null {
  if (status.suspended || status.stopped || status.pinned) return null;
  const failed = status.state === "failed" && status.wantedCommit !== null && status.wantedCommit !== status.commit;
  if (failed)
    return postButton(context, {
      action: routes.retry(stack.name),
      label: `Try ${shortCommit(status.wantedCommit ?? "")} again`,
      kind: "main",
    });
  return postButton(context, { action: routes.deploy(stack.name), label: "Deploy now", kind: "main" });
}

function moreMenu(stackName: string): Markup {
  const item = (href: string, label: string, kind = "btn plain") => (
    <a class={kind} href={href}>
      {label}
    </a>
  );
  return menu({
    label: "More",
    about: `More to do with ${stackName}`,
    children: [
      item(routes.rollback(stackName), "Roll back…"),
      item(routes.suspend(stackName), "Suspend…"),
      item(routes.stop(stackName), "Stop…"),
      <hr />,
      item(routes.variables(stackName), "Variables and secrets"),
      item(routes.settings(stackName), "Settings"),
      <hr />,
      item(routes.remove(stackName), "Remove…", "btn plain bad"),
    ],
  });
}

/** `Stacks / shop /`: the way back, above a heading. */
export function crumbs(stackName: string | null): Markup {
  return (
    <nav class="crumbs faint" aria-label="Breadcrumb">
      <a href={routes.overview}>Stacks</a> /{" "}
      {stackName === null ? null : (
        <span>
          <a href={routes.stack(stackName)}>{stackName}</a> /
        </span>
      )}
    </nav>
  );
}
