import { withCommits } from "../commit.tsx";
import { h, type Markup } from "../h.ts";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import { stackStateMark } from "../state.tsx";
import { tally } from "../tally.tsx";
import { timeAge } from "../time.tsx";
import { commitLine, commitWords } from "./commit-line.tsx";
import { containerCells } from "./container-cells.tsx";
import { placeOf } from "./repository-text.ts";
import type { StackSummary } from "./stack-view.ts";

/** One stack of the overview; the whole row leads to the stack. */
export function stackRow(context: PageContext, { stack, status, deployments, release }: StackSummary): Markup {
  const words = status.commit === null ? null : commitWords(status.commit, release, deployments);
  return (
    <li class="row stackrow" id={`row-${stack.name}`}>
      <span class="names">
        <a class="name cut whole" href={routes.stack(stack.name)} title={stack.name}>
          {stack.name}
        </a>
        <span class="faint cut" title={placeOf(stack)}>
          {placeOf(stack)}
        </span>
      </span>
      {stackStateMark(status.state)}
      <span class="mid">
        {status.commit === null ? (
          <span class="faint">nothing runs yet</span>
        ) : (
          commitLine(context.now, {
            commit: status.commit,
            message: words?.message ?? "",
            author: words?.author ?? "",
            at: release?.commit === status.commit ? release.healthyAt : null,
          })
        )}
        <span class="why">{withCommits(status.reason, [status.commit, status.wantedCommit])}</span>
      </span>
      {containerCells(status.services)}
      {tally(deployments)}
      <span class="faint poll">
        {status.lastGoodPollAt === null ? "never" : timeAge(context.now, status.lastGoodPollAt)}
      </span>
    </li>
  );
}
