import { shortCommit } from "../../src/revision.ts";
import type { StackStatus } from "../../src/stack.ts";
import { h, type Markup } from "../h.ts";
import type { PageContext } from "../page-context.ts";
import { phrase } from "../prose.tsx";
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
      {stackStateMark(status)}
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
        <span class="why">{reasonOf(status)}</span>
      </span>
      {containerCells(status.services)}
      {tally(deployments)}
      <span class="faint poll">
        {status.lastGoodPollAt === null ? "never" : timeAge(context.now, status.lastGoodPollAt)}
      </span>
    </li>
  );
}

/** The line above names the commit that runs already. */
function reasonOf({ reason, commit, wantedCommit }: StackStatus): Markup {
  const known = commit === null ? "" : `${shortCommit(commit)} runs. `;
  return phrase(reason.startsWith(known) ? reason.slice(known.length) : reason, [commit, wantedCommit]);
}

/** What the columns are; hidden where the row is folded for small screens. */
export function stackRowHeads(): Markup {
  return (
    <div class="row stackrow heads" aria-hidden="true">
      <span>Stack</span>
      <span>State</span>
      <span>Runs</span>
      <span>Containers</span>
      <span>History</span>
      <span class="poll">Polled</span>
    </div>
  );
}
