import { shortCommit } from "../../src/revision.ts";
import { Fragment, h, type Markup } from "../h.ts";
import { layout } from "../layout.tsx";
import { complaintNote, note } from "../note.tsx";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import { deployKeySection } from "./deploy-key-section.tsx";
import { hostKeySection } from "./host-key-section.tsx";
import { repositoryName } from "./repository-text.ts";
import { crumbs } from "./stack-head.tsx";
import type { ConnectView } from "./stack-view.ts";
import { steps } from "./steps.tsx";

/** Step 2: first who the server is, then the key, then whether the repository answers. */
export function connectPage(context: PageContext, view: ConnectView): Markup {
  const { stack, publicKey, unknownHost, probe } = view;
  const children = (
    <div class="narrow">
      <div class="titles">
        {crumbs(stack.name)}
        <h1>Connect to {repositoryName(stack.repository)}</h1>
      </div>
      {steps(2)}
      {answer(view)}
      {unknownHost ? hostKeySection(context, stack.name, unknownHost) : null}
      {publicKey === null ? null : deployKeySection(stack, publicKey)}
      <div class="actions">
        {probe.ok ? (
          <a class="btn main" href={routes.plan(stack.name)}>
            Go on to the first plan
          </a>
        ) : (
          <a class="btn main" href={routes.connect(stack.name)}>
            Check again
          </a>
        )}
        <a class="btn plain" href={routes.stack(stack.name)}>
          {probe.ok ? "Skip to the stack" : "Finish later"}
        </a>
      </div>
      <p class="quiet">
        The stack is stored. Tallyman keeps asking by itself and deploys as soon as it can read the repository.
      </p>
    </div>
  );
  return layout(context, { title: `Connect ${stack.name}`, section: "stacks", live: null, children });
}

function answer({ probe, unknownHost }: ConnectView): Markup | null {
  if (probe.ok)
    return note({
      tone: "good",
      children: (
        <>
          <b>The repository answers.</b> <code>{probe.ref.replace(/^refs\/(heads|tags)\//, "")}</code> is at{" "}
          <code class="sha">{shortCommit(probe.commit)}</code>.
        </>
      ),
    });
  return unknownHost ? null : complaintNote(probe.error);
}
