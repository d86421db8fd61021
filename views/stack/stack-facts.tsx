import { copyableCommit } from "../commit.tsx";
import { type Child, Fragment, h, type Markup } from "../h.ts";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import { timeAgo } from "../time.tsx";
import { interval } from "../time-text.ts";
import { commitWords } from "./commit-line.tsx";
import { repositoryName, repositoryPage } from "./repository-text.ts";
import type { StackSummary } from "./stack-view.ts";

/** What runs, what is wanted, where it comes from, when that was last known. */
export function stackFacts(context: PageContext, summary: StackSummary): Markup {
  const { stack, status } = summary;
  return (
    <section id="stack-facts" class="sheet pad" aria-label="Facts">
      <dl class="facts">
        {fact("Runs", status.commit === null ? "nothing yet" : commitFact(summary, status.commit), true)}
        {status.wantedCommit === null || status.wantedCommit === status.commit
          ? null
          : fact("Wanted", commitFact(summary, status.wantedCommit), true)}
        {fact("Follows", follows(summary))}
        {fact(
          "Last good poll",
          <>
            {status.lastGoodPollAt === null ? "never" : timeAgo(context.now, status.lastGoodPollAt)}
            <span class="faint">, every {interval(stack.intervalMs)}</span>
          </>,
        )}
        {stack.project === stack.name ? null : fact("Project", <code>{stack.project}</code>)}
        {stack.files.length === 0 ? null : fact("Compose files", codes(stack.files))}
        {stack.envFiles.length === 0 ? null : fact("Env files", codes(stack.envFiles))}
        {stack.profiles.length === 0 ? null : fact("Profiles", codes(stack.profiles))}
        {stack.dependsOn.length === 0 ? null : fact("Waits for", stack.dependsOn.map(stackLink))}
        {stack.drift === "repair" ? null : fact("Drift", stack.drift === "off" ? "not looked for" : "only reported")}
        {stack.liveTree === null ? null : fact("Files in", <code>{stack.liveTree}</code>)}
      </dl>
    </section>
  );
}

export function fact(term: string, value: Child, wide = false): Markup {
  return (
    <div class={wide ? "wide" : undefined}>
      <dt>{term}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function commitFact({ release, deployments }: StackSummary, commit: string): Markup {
  const message = commitWords(commit, release, deployments)?.message ?? "";
  return (
    <span class="commit">
      {copyableCommit(commit)}
      <span class="cut" title={message}>
        {message}
      </span>
    </span>
  );
}

function follows({ stack }: StackSummary): Markup {
  if (stack.origin === "folder")
    return (
      <>
        the folder <code>{stack.repository}</code>
      </>
    );
  const page = repositoryPage(stack.repository);
  const name = repositoryName(stack.repository);
  return (
    <>
      {stack.ref === null ? "the default branch" : <code>{stack.ref}</code>} of{" "}
      {page === null ? (
        <span title={stack.repository}>{name}</span>
      ) : (
        <a class="link" href={page} rel="noreferrer noopener">
          {name}
        </a>
      )}
      {stack.path === "" ? null : (
        <>
          , folder <code>{stack.path}</code>
        </>
      )}
    </>
  );
}

function stackLink(stackName: string, index: number): Markup {
  return (
    <>
      {index === 0 ? null : ", "}
      <a class="link" href={routes.stack(stackName)}>
        {stackName}
      </a>
    </>
  );
}

function codes(names: readonly string[]): Markup {
  return <code>{names.join(", ")}</code>;
}
