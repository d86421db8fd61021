import { deploymentRow } from "../deployment/deployment-row.tsx";
import { Fragment, h, type Markup } from "../h.ts";
import { layout } from "../layout.tsx";
import type { PageContext, Piece } from "../page-context.ts";
import { tally } from "../tally.tsx";
import { needsPerson, stackNote } from "./attention.tsx";
import { dependencyGraph } from "./dependency-graph.tsx";
import { deployKeySection } from "./deploy-key-section.tsx";
import { driftSection } from "./drift-section.tsx";
import { holdNotes } from "./hold-notes.tsx";
import { hostKeySection } from "./host-key-section.tsx";
import { servicesSection } from "./services-section.tsx";
import { stackFacts } from "./stack-facts.tsx";
import { liveHead, stackHead } from "./stack-head.tsx";
import type { StackSummary, StackView } from "./stack-view.ts";

/** So many deployments come with a stack; there may be older ones. */
const LISTED = 20;

export function stackPage(context: PageContext, view: StackView): Markup {
  const children = (
    <>
      {stackHead(context, view)}
      {holdNotes(context, view)}
      {stackAttention(view)}
      {stackConnection(context, view)}
      {stackFacts(context, view)}
      {driftSection(context, view)}
      <div class="split">
        {servicesSection(context, view)}
        {dependencyGraph(view)}
      </div>
      {deploymentsSection(context, view)}
    </>
  );
  return layout(context, { title: view.stack.name, section: "stacks", live: view.live, children });
}

/** What the live stream sends, in the order of the page. */
export function stackPieces(context: PageContext, view: Omit<StackView, "live">): readonly Piece[] {
  return [
    { target: "#stack-head", html: liveHead(context, view).toString() },
    { target: "#stack-holds", html: holdNotes(context, view).toString() },
    { target: "#stack-note", html: stackAttention(view).toString() },
    { target: "#stack-connection", html: stackConnection(context, view).toString() },
    { target: "#stack-facts", html: stackFacts(context, view).toString() },
    { target: "#stack-drift", html: driftSection(context, view).toString() },
    { target: "#stack-services", html: servicesSection(context, view).toString() },
    { target: "#stack-graph", html: dependencyGraph(view).toString() },
    { target: "#stack-deployments", html: deploymentsSection(context, view).toString() },
  ];
}

/** A suspended stack has its note already. */
function stackAttention(view: Omit<StackView, "live">): Markup {
  const isSuspended = view.holds.some(({ kind }) => kind === "suspended");
  return (
    <div id="stack-note" class="slot" aria-live="polite">
      {needsPerson(view) && !isSuspended ? stackNote(view, view.unknownHost ? "stack-with-connection" : "stack") : null}
    </div>
  );
}

/** The server's key while nobody vouched for it, and the deploy key until the first good poll proved it. */
function stackConnection(context: PageContext, view: Omit<StackView, "live">): Markup {
  const { stack, status, publicKey, unknownHost } = view;
  return (
    <div id="stack-connection" class="slot">
      {unknownHost ? hostKeySection(context, stack.name, unknownHost) : null}
      {publicKey !== null && status.lastGoodPollAt === null ? deployKeySection(stack, publicKey) : null}
    </div>
  );
}

function deploymentsSection(context: PageContext, { stack, deployments }: StackSummary): Markup {
  return (
    <section id="stack-deployments" class="sheet" aria-labelledby="deployments-title">
      <header>
        <h2 id="deployments-title">Deployments</h2>
        <span class="faint">newest first</span>
        <span class="fill" />
        {deployments.length === 0 ? null : tally(deployments)}
      </header>
      {deployments.length === 0 ? (
        <p class="pad quiet">None yet. The first one begins as soon as the repository can be read.</p>
      ) : (
        <ol class="rows">{deployments.map((deployment) => deploymentRow(context, deployment))}</ol>
      )}
      {deployments.length < LISTED ? null : (
        <p class="pad faint under">
          Older ones: <code>tallyman history {stack.name}</code>
        </p>
      )}
    </section>
  );
}
