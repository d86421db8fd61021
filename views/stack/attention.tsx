import type { Reason } from "../../src/error.ts";
import { shortCommit } from "../../src/revision.ts";
import { Fragment, h, type Markup } from "../h.ts";
import { note } from "../note.tsx";
import { prose } from "../prose.tsx";
import { routes } from "../routes.ts";
import type { StackSummary } from "./stack-view.ts";

const SHOWN = 4;
/** What the page with the deploy key and the host key helps against. */
const CONNECTION: ReadonlySet<Reason> = new Set<Reason>(["GitAuthentication", "HostKeyUnknown", "HostKeyChanged"]);

/** Whether a stack waits for a person. One that somebody holds back does not; one that Tallyman itself suspended does. */
export function needsPerson({ status }: StackSummary): boolean {
  if (status.state === "failed" || status.suspended?.by === "tallyman") return true;
  return status.hint !== "" && !["in-sync", "suspended", "stopped"].includes(status.state);
}

/** What needs a person, first, each with the one button that helps. Always there, so that the live stream can fill it. */
export function attention(stacks: readonly StackSummary[]): Markup {
  const waiting = stacks.filter(needsPerson).sort((a, b) => urgency(b) - urgency(a));
  return (
    <div id="attention" class="slot" aria-live="polite">
      {waiting.slice(0, SHOWN).map((summary) => stackNote(summary, "overview"))}
      {waiting.length > SHOWN ? <p class="quiet">{more(waiting.length - SHOWN)}</p> : null}
    </div>
  );
}

function more(stacks: number): string {
  return stacks === 1
    ? "1 more stack needs you; its row says why."
    : `${stacks} more stacks need you; their rows say why.`;
}

function urgency({ status }: StackSummary): number {
  return status.state === "failed" ? 1 : 0;
}

/** Where a note stands: the stack's own page need not say its name, nor link to what it shows itself. */
type Place = "overview" | "stack" | "stack-with-connection";

export function stackNote(summary: StackSummary, place: Place): Markup {
  const { status, stack } = summary;
  const commits = [status.commit, status.wantedCommit];
  return note({
    tone: status.state === "failed" ? "bad" : "warn",
    action: helpingLink(summary, place),
    children: (
      <>
        {place === "overview" ? (
          <>
            <b>{stack.name}</b>:{" "}
          </>
        ) : null}
        {prose(status.reason, commits)}
        {status.hint === "" ? null : <span class="hint"> {prose(status.hint, commits)}</span>}
      </>
    ),
  });
}

/** The failed deployment when there is one, the connection when that is what fails, else the stack itself. */
function helpingLink({ stack, status, deployments }: StackSummary, place: Place): Markup | null {
  const failed = deployments.find((deployment) => deployment.commit === status.wantedCommit);
  if (failed?.status === "failed" && (status.state === "failed" || status.trouble === null))
    return (
      <a class="btn" href={routes.deployment(failed.id)} aria-label={`See why ${shortCommit(failed.commit)} failed`}>
        See why
      </a>
    );
  if (place !== "stack-with-connection" && status.trouble !== null && CONNECTION.has(status.trouble))
    return (
      <a class="btn" href={routes.connect(stack.name)}>
        Mend the connection
      </a>
    );
  if (status.trouble === "RegistryDenied")
    return (
      <a class="btn" href={`${routes.host}#registries`}>
        See the logins
      </a>
    );
  if (status.trouble === "VariableMissing")
    return (
      <a class="btn" href={routes.variables(stack.name)}>
        Set it
      </a>
    );
  return place === "overview" ? (
    <a class="btn" href={routes.stack(stack.name)}>
      Open {stack.name}
    </a>
  ) : null;
}
