import { shortCommit } from "../../src/revision.ts";
import { postButton } from "../form.tsx";
import { h, type Markup } from "../h.ts";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import { stackStateMark } from "../state.tsx";
import type { StackSummary } from "./stack-view.ts";

/** Name, state and what can be done. */
export function stackHead(context: PageContext, { stack, status }: StackSummary): Markup {
  const blocked = status.state === "failed" && status.wantedCommit !== null && status.wantedCommit !== status.commit;
  return (
    <div id="stack-head" class="head">
      <div class="titles">
        {crumbs(null)}
        <h1 class="cut">{stack.name}</h1>
      </div>
      {stackStateMark(status.state)}
      <span class="fill" />
      <div class="actions">
        <a class="btn plain" href={routes.remove(stack.name)}>
          Remove…
        </a>
        <a class="btn" href={routes.logs(stack.name)}>
          Logs
        </a>
        <a class="btn" href={routes.plan(stack.name)}>
          Plan
        </a>
        {postButton(context, {
          action: routes.deploy(stack.name),
          label: blocked ? `Try ${shortCommit(status.wantedCommit ?? "")} again` : "Deploy now",
          kind: "main",
        })}
      </div>
    </div>
  );
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
