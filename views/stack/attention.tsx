import { shortCommit } from "../../src/revision.ts";
import { withCommits } from "../commit.tsx";
import { Fragment, h, type Markup } from "../h.ts";
import { note, sentence } from "../note.tsx";
import { routes } from "../routes.ts";
import type { StackSummary } from "./stack-view.ts";

const SHOWN = 4;

/** Whether a stack waits for a person. */
export function needsPerson({ status }: StackSummary): boolean {
  return status.state === "failed" || (status.hint !== "" && status.state !== "in-sync");
}

/** What needs a person, first, each with the one button that helps. Always there, so that the live stream can fill it. */
export function attention(stacks: readonly StackSummary[]): Markup {
  const waiting = stacks.filter(needsPerson);
  return (
    <div id="attention" class="slot">
      {waiting.slice(0, SHOWN).map((summary) => stackNote(summary, true))}
      {waiting.length > SHOWN ? (
        <p class="quiet">{waiting.length - SHOWN} more stacks need you; their rows say why.</p>
      ) : null}
    </div>
  );
}

/** On the stack's own page its name need not be said. */
export function stackNote(summary: StackSummary, named: boolean): Markup {
  const { status, stack } = summary;
  return note({
    tone: status.state === "failed" ? "bad" : "warn",
    action: helpingLink(summary, named),
    children: (
      <>
        {named ? (
          <>
            <b>{stack.name}</b>:{" "}
          </>
        ) : null}
        {withCommits(sentence(status.reason), [status.commit, status.wantedCommit])}
        {status.hint === "" ? null : <span class="hint"> {sentence(status.hint)}</span>}
      </>
    ),
  });
}

/** The failed deployment when there is one, the connection when that is what fails, else the stack itself. */
function helpingLink({ stack, status, deployments }: StackSummary, named: boolean): Markup | null {
  const failed = deployments.find(
    (deployment) => deployment.status === "failed" && deployment.commit === status.wantedCommit,
  );
  if (failed)
    return (
      <a class="btn" href={routes.deployment(failed.id)} aria-label={`See why ${shortCommit(failed.commit)} failed`}>
        See why
      </a>
    );
  if (isAboutConnection(status.hint + status.reason))
    return (
      <a class="btn" href={routes.connect(stack.name)}>
        Mend the connection
      </a>
    );
  return named ? (
    <a class="btn" href={routes.stack(stack.name)}>
      Open {stack.name}
    </a>
  ) : null;
}

function isAboutConnection(text: string): boolean {
  return /host[- ]key|deploy key|fingerprint|credential|refused our key|token/i.test(text);
}
