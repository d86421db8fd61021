import type { Deployment } from "../../src/deployment.ts";
import { shortCommit } from "../../src/revision.ts";
import { copyableCommit } from "../commit.tsx";
import { postButton } from "../form.tsx";
import { Fragment, h, type Markup } from "../h.ts";
import { layout } from "../layout.tsx";
import { note } from "../note.tsx";
import type { PageContext, Piece } from "../page-context.ts";
import { prose } from "../prose.tsx";
import { routes } from "../routes.ts";
import { fact } from "../stack/stack-facts.tsx";
import { crumbs } from "../stack/stack-head.tsx";
import { deploymentStateMark } from "../state.tsx";
import { timeAgo } from "../time.tsx";
import { duration } from "../time-text.ts";
import { causeText } from "./cause-text.ts";
import type { DeploymentView } from "./deployment-view.ts";
import { changedServices } from "./plan-lines.ts";
import { planList } from "./plan-list.tsx";
import { timeline } from "./timeline.tsx";
import { verdictSections } from "./verdict-section.tsx";

export function deploymentPage(context: PageContext, view: DeploymentView): Markup {
  const { deployment } = view;
  const children = (
    <>
      {deploymentHead(context, view)}
      {deploymentNote(view)}
      {deploymentFacts(context, view)}
      {verdictSections(deployment.stack, deployment.verdicts)}
      {planSection(deployment)}
      {timeline(deployment, context.now)}
    </>
  );
  const moves = deployment.status === "applying" || view.wentBack?.status === "applying";
  return layout(context, {
    title: `Deployment ${deployment.id} of ${deployment.stack}`,
    section: "stacks",
    live: moves ? view.live : null,
    children,
  });
}

/** What the live stream sends while the deployment runs, and once more at its end. */
export function deploymentPieces(context: PageContext, view: Omit<DeploymentView, "live">): readonly Piece[] {
  const { deployment } = view;
  return [
    { target: "#deployment-head", html: deploymentHead(context, view).toString() },
    { target: "#deployment-note", html: deploymentNote(view).toString() },
    { target: "#deployment-facts", html: deploymentFacts(context, view).toString() },
    { target: "#deployment-verdicts", html: verdictSections(deployment.stack, deployment.verdicts).toString() },
    { target: "#deployment-plan", html: planSection(deployment).toString() },
    { target: "#deployment-timeline", html: timeline(deployment, context.now).toString() },
  ];
}

type Shown = Omit<DeploymentView, "live">;

function deploymentHead(context: PageContext, { deployment, isLatestAttempt }: Shown): Markup {
  const retry = isLatestAttempt && (deployment.status === "failed" || deployment.status === "interrupted");
  return (
    <div id="deployment-head" class="head">
      <div class="titles">
        {crumbs(deployment.stack)}
        <h1>{deployment.message || `Deployment ${deployment.id}`}</h1>
      </div>
      {deploymentStateMark(deployment)}
      <span class="fill" />
      {retry
        ? postButton(context, {
            action: routes.retry(deployment.stack),
            label: `Try ${shortCommit(deployment.commit)} again`,
            kind: "main",
          })
        : null}
    </div>
  );
}

function deploymentNote({ deployment, wentBack }: Shown): Markup {
  return (
    <div id="deployment-note" class="slot" aria-live="polite">
      {deployment.reason === null ? null : reasonNote(deployment, wentBack)}
    </div>
  );
}

function reasonNote(deployment: Deployment, wentBack: Deployment | null): Markup {
  const commits = [deployment.commit, wentBack?.commit ?? null];
  return note({
    tone: deployment.status === "failed" ? "bad" : "warn",
    action: wentBack ? (
      <a class="btn" href={routes.deployment(wentBack.id)}>
        See the way back
      </a>
    ) : null,
    children: (
      <>
        <b>{prose(deployment.reason ?? "", commits)}</b> {prose(deployment.hint ?? "", commits)}{" "}
        {prose(afterwards(deployment, wentBack), commits)}
      </>
    ),
  });
}

function afterwards(deployment: Deployment, wentBack: Deployment | null): string {
  if (wentBack?.status === "healthy") return `Tallyman went back: ${shortCommit(wentBack.commit)} runs again.`;
  if (wentBack?.status === "applying") return `Going back to ${shortCommit(wentBack.commit)} now.`;
  if (wentBack) return `Going back to ${shortCommit(wentBack.commit)} did not succeed either.`;
  if (deployment.failureAction === "pause")
    return "It was left up, and the stack is suspended until somebody resumes it.";
  if (deployment.failureAction === "continue")
    return "It was left up as it is. This commit is not tried again by itself; a new commit or a changed setting is.";
  if (deployment.status === "interrupted") return "It is no failure of the commit: it is taken up again by itself.";
  if (deployment.class === "transient") return "It is tried again by itself, with growing pauses.";
  if (deployment.class === "denied") return "It is tried again now and then; what runs is left alone.";
  return deployment.class === "rejected" || deployment.class === "unhealthy"
    ? "This commit is not tried again by itself."
    : "";
}

function deploymentFacts(context: PageContext, { deployment, wentBack }: Shown): Markup {
  const { commit, author, startedAt, durationMs, interruptions } = deployment;
  return (
    <section id="deployment-facts" class="sheet pad" aria-label="Facts">
      <dl class="facts">
        {fact(
          "Commit",
          <span class="commit">
            {copyableCommit(commit)}
            {author === "" ? null : <span class="cut">by {author}</span>}
          </span>,
        )}
        {fact("Cause", causeText(deployment))}
        {fact("Began", timeAgo(context.now, startedAt))}
        {fact(
          "Took",
          <span class="num">
            {durationMs === null ? "still under way" : duration(durationMs)}
            {wentBack?.durationMs ? ` + ${duration(wentBack.durationMs)} back` : null}
          </span>,
        )}
        {deployment.class === null ? null : fact("Kind of failure", CLASSES[deployment.class])}
        {deployment.failureAction === null ? null : fact("Then", ACTIONS[deployment.failureAction])}
        {interruptions === 0
          ? null
          : fact("Interrupted", <span class="num">{interruptions === 1 ? "once" : `${interruptions} times`}</span>)}
        {fact("Number", <span class="num">{deployment.id}</span>)}
      </dl>
    </section>
  );
}

const CLASSES: Readonly<Record<NonNullable<Deployment["class"]>, string>> = {
  rejected: "refused before anything changed",
  unhealthy: "did not become healthy",
  transient: "passing trouble",
  interrupted: "cut off",
  denied: "access denied",
};

const ACTIONS: Readonly<Record<NonNullable<Deployment["failureAction"]>, string>> = {
  rollback: "goes back to the last healthy release",
  pause: "left up, and the stack suspended",
  continue: "left up",
};

function planSection(deployment: Deployment): Markup {
  const changed = changedServices(deployment.operations);
  const unchanged = deployment.verdicts.map((one) => one.service).filter((name) => !changed.includes(name));
  const total = new Set([...changed, ...unchanged]).size;
  return (
    <section id="deployment-plan" class="sheet" aria-labelledby="plan-title">
      <header>
        <h2 id="plan-title">Plan</h2>
        {total === 0 ? null : (
          <span class="faint num">
            {changed.length} of {total} {total === 1 ? "service" : "services"}{" "}
            {changed.length === 1 ? "changes" : "change"}
          </span>
        )}
      </header>
      {deployment.operations.length === 0 ? (
        <p class="pad quiet">It ended before there was a plan: nothing that ran was touched.</p>
      ) : (
        planList(deployment.operations, unchanged)
      )}
    </section>
  );
}
