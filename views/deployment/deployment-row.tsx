import type { Deployment } from "../../src/deployment.ts";
import { commitChip } from "../commit.tsx";
import { h, type Markup } from "../h.ts";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import { deploymentStateMark } from "../state.tsx";
import { timeAgo } from "../time.tsx";
import { duration } from "../time-text.ts";
import { causeText } from "./cause-text.ts";

/** One line of a history; the whole row leads to the deployment. */
export function deploymentRow(context: PageContext, deployment: Deployment): Markup {
  return (
    <li class="row deprow" id={`deployment-${deployment.id}`}>
      {deploymentStateMark(deployment)}
      <span class="mid">
        <span class="commit">
          {commitChip(deployment.commit)}
          <a class="cut whole" href={routes.deployment(deployment.id)} title={deployment.message}>
            {deployment.message || `Deployment ${deployment.id}`}
          </a>
          <span class="faint who">{deployment.author}</span>
        </span>
        {deployment.reason === null ? null : <span class="why cut">{deployment.reason}</span>}
      </span>
      <span class="quiet cut cause" title={causeText(deployment)}>
        {causeText(deployment)}
      </span>
      <span class="faint when">{timeAgo(context.now, deployment.startedAt)}</span>
      <span class="faint num took">{deployment.durationMs === null ? "…" : duration(deployment.durationMs)}</span>
    </li>
  );
}
