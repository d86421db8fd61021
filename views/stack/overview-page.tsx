import { postButton } from "../form.tsx";
import { Fragment, h, type Markup } from "../h.ts";
import { layout } from "../layout.tsx";
import type { PageContext, Piece } from "../page-context.ts";
import { routes } from "../routes.ts";
import { attention, needsPerson } from "./attention.tsx";
import { stackRow, stackRowHeads } from "./stack-row.tsx";
import type { OverviewView, StackSummary } from "./stack-view.ts";

type Stacks = readonly StackSummary[];

export function overviewPage(context: PageContext, view: OverviewView): Markup {
  const { stacks, live } = view;
  const children = (
    <>
      <div class="head">
        <div>
          <h1>Stacks</h1>
          {summary(stacks)}
        </div>
        <span class="fill" />
        {stacks.length === 0 ? null : (
          <>
            {postButton(context, { action: routes.deployAll, label: "Check all now" })}
            <a class="btn main" href={routes.newStack}>
              Add a stack
            </a>
          </>
        )}
      </div>
      {attention(stacks)}
      {stackList(context, stacks)}
    </>
  );
  return layout(context, { title: "Stacks", section: "stacks", live, children });
}

/** What the live stream sends. The list goes whole, so that rows come and go with their stacks; a morph leaves the rest alone. */
export function overviewPieces(context: PageContext, { stacks }: Pick<OverviewView, "stacks">): readonly Piece[] {
  return [
    { target: "#summary", html: summary(stacks).toString() },
    { target: "#attention", html: attention(stacks).toString() },
    { target: "#stacks", html: stackList(context, stacks).toString() },
  ];
}

function stackList(context: PageContext, stacks: Stacks): Markup {
  if (stacks.length === 0) return emptyList();
  return (
    <section id="stacks" class="sheet">
      {stackRowHeads()}
      <ul class="rows" aria-label="Stacks">
        {stacks.map((summary) => stackRow(context, summary))}
      </ul>
    </section>
  );
}

function emptyList(): Markup {
  return (
    <section id="stacks" class="sheet empty">
      <h2>No stacks yet</h2>
      <p>
        A stack is a Git repository with a Compose file. Tallyman polls it, makes Docker run what it asks for, and goes
        back when it does not become healthy.
      </p>
      <a class="btn main" href={routes.newStack}>
        Add a stack
      </a>
      <p class="faint">
        or in a terminal
        <br />
        <code>tallyman stack add NAME --repo URL</code>
      </p>
    </section>
  );
}

function summary(stacks: Stacks): Markup {
  const repositories = new Set(stacks.map(({ stack }) => stack.repository)).size;
  const waiting = stacks.filter(needsPerson).length;
  const counted =
    stacks.length === 0
      ? "Nothing is watched yet."
      : `${count(stacks.length, "stack")} from ${count(repositories, "repository", "repositories")}.`;
  const need =
    waiting === 0
      ? stacks.length === 0
        ? ""
        : " Nothing needs you."
      : waiting === 1
        ? " One needs you."
        : ` ${waiting} need you.`;
  return (
    <p id="summary" class="quiet">
      {counted}
      {need}
    </p>
  );
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
