import type { PlanReport, Violation } from "../../src/plan.ts";
import type { Suspension } from "../../src/stack.ts";
import { copyableCommit } from "../commit.tsx";
import { changedServices } from "../deployment/plan-lines.ts";
import { planList } from "../deployment/plan-list.tsx";
import { postButton } from "../form.tsx";
import { Fragment, h, type Markup } from "../h.ts";
import { layout } from "../layout.tsx";
import { complaintNote, note } from "../note.tsx";
import type { PageContext } from "../page-context.ts";
import { sentence } from "../prose.tsx";
import { routes } from "../routes.ts";
import { crumbs } from "./stack-head.tsx";
import type { PlanView } from "./stack-view.ts";
import { steps } from "./steps.tsx";

/** What a deploy would do now. For a stack that never ran it is step 3. */
export function planPage(context: PageContext, view: PlanView): Markup {
  const { stack, status, plan, latest } = view;
  const first = status.commit === null && latest === null;
  const children = (
    <div class="narrow">
      <div class="head">
        <div class="titles">
          {crumbs(stack.name)}
          <h1>{first ? "First plan" : "Plan"}</h1>
        </div>
      </div>
      {first ? steps(3) : null}
      {status.suspended ? heldNote(status.suspended, status.pinned) : null}
      {latest?.status === "applying" ? underWay(latest.id) : null}
      {plan.ok
        ? report(
            plan.report,
            status.services.map((service) => service.name),
          )
        : complaintNote(plan.error)}
      <div class="actions">{actions(context, view, first)}</div>
    </div>
  );
  return layout(context, { title: `Plan of ${stack.name}`, section: "stacks", live: null, children });
}

function actions(context: PageContext, { stack, status, plan }: PlanView, first: boolean): Markup {
  const ready = plan.ok && plan.report.violations.length === 0;
  return (
    <>
      {ready && status.suspended
        ? postButton(context, { action: routes.resume(stack.name), label: resumeLabel(plan.report), kind: "main" })
        : null}
      {ready && !status.suspended && !plan.report.empty
        ? postButton(context, { action: routes.deploy(stack.name), label: "Deploy now", kind: "main" })
        : null}
      {ready ? null : (
        <a class="btn main" href={routes.plan(stack.name)}>
          Plan again
        </a>
      )}
      <a class="btn plain" href={routes.stack(stack.name)}>
        {first ? "Go to the stack" : "Back to the stack"}
      </a>
    </>
  );
}

function resumeLabel({ empty }: PlanReport): string {
  return empty ? "Resume: nothing will change" : "Resume and do this";
}

function heldNote({ by, why }: Suspension, pinned: boolean): Markup {
  return note({
    tone: "info",
    children: (
      <>
        <b>
          {pinned ? "Pinned" : "Suspended"} by {by}
        </b>
        {why === "" ? "." : `: ${sentence(why)}`}{" "}
        <span class="hint">This is what would happen once somebody resumes it; nothing happens before.</span>
      </>
    ),
  });
}

function underWay(deploymentId: string): Markup {
  return note({
    tone: "info",
    action: (
      <a class="btn" href={routes.deployment(deploymentId)}>
        Watch it
      </a>
    ),
    children: "A deployment is under way; this plan is what is left to do.",
  });
}

function report(plan: PlanReport, running: readonly string[]): Markup {
  const unchanged = running.filter((name) => !changedServices(plan.operations).includes(name));
  return (
    <>
      {plan.violations.map(violationNote)}
      <section class="sheet" aria-labelledby="plan-title">
        <header>
          <h2 id="plan-title">{plan.empty ? "Nothing to do" : "What a deploy would do now"}</h2>
          <span class="fill" />
          {plan.revision === null ? null : <span class="commit">{copyableCommit(plan.revision)}</span>}
        </header>
        {plan.empty ? (
          <p class="pad quiet">Docker runs exactly what the repository asks for.</p>
        ) : (
          planList(plan.operations, unchanged)
        )}
      </section>
    </>
  );
}

function violationNote(violation: Violation): Markup {
  return note({
    tone: "bad",
    children: (
      <>
        <b>
          <code>{violation.field}</code> is not allowed here.
        </b>{" "}
        {violation.rule} It stands at <code>{`${violation.file}:${violation.line}`}</code>.
        <span class="hint">
          {" "}
          Allowed by <code>{violation.allow}</code>.
        </span>
      </>
    ),
  });
}
