import type { Release } from "../../src/deployment.ts";
import type { Stack } from "../../src/stack.ts";
import { commitChip } from "../commit.tsx";
import { shortDigests } from "../digest-text.ts";
import { csrfField, field } from "../form.tsx";
import { Fragment, h, type Markup } from "../h.ts";
import { layout } from "../layout.tsx";
import { complaintNote } from "../note.tsx";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import { timeAgo } from "../time.tsx";
import { crumbs } from "./stack-head.tsx";
import type { Complaint } from "./stack-view.ts";

export interface RollbackView {
  readonly stack: Stack;
  /** Newest first; each differs from the others in what runs. */
  readonly releases: readonly Release[];
  /** Deployment whose release runs now. */
  readonly current: string | null;
  /** The one that is chosen at first. */
  readonly suggested: string | null;
  readonly why: string;
  readonly error: Complaint | null;
}

/** Which former release shall run, and why; it is pinned until somebody resumes the stack. */
export function rollbackPage(context: PageContext, view: RollbackView): Markup {
  const { stack, releases } = view;
  const children = (
    <div class="narrow">
      <div class="titles">
        {crumbs(stack.name)}
        <h1>Roll back {stack.name}</h1>
      </div>
      {view.error ? complaintNote(view.error) : null}
      {releases.some(({ deploymentId }) => deploymentId !== view.current) ? (
        chooser(context, view)
      ) : (
        <p class="sheet pad quiet">
          {releases.length === 0
            ? "No release of it was healthy yet, so there is nothing to go back to."
            : "There is no release before the one that runs."}
        </p>
      )}
    </div>
  );
  return layout(context, { title: `Roll back ${stack.name}`, section: "stacks", live: null, children });
}

function chooser(context: PageContext, { stack, releases, current, suggested, why }: RollbackView): Markup {
  return (
    <form method="post" action={routes.rollback(stack.name)} class="sheet">
      {csrfField(context.csrf)}
      <header>
        <h2 id="releases-title">Healthy releases</h2>
        <span class="faint">newest first</span>
      </header>
      <div class="rows" role="radiogroup" aria-labelledby="releases-title">
        {releases.map((release) =>
          releaseRow(context, release, {
            runs: release.deploymentId === current,
            chosen: release.deploymentId === suggested,
          }),
        )}
      </div>
      <div class="pad fields under">
        {field({
          name: "why",
          label: "Why",
          value: why,
          maxlength: 500,
          placeholder: "checkout is slow since the last release",
          hint: "Shown on its page with your name. May stay empty.",
        })}
        <p class="quiet">
          The same images and files as then run again, and the stack stays pinned to them: new commits wait until
          somebody resumes it. Data in volumes is not turned back.
        </p>
        <div class="actions">
          <button class="btn main" type="submit">
            Go back to the chosen release
          </button>
          <a class="btn plain" href={routes.stack(stack.name)}>
            Cancel
          </a>
        </div>
      </div>
    </form>
  );
}

function releaseRow(
  context: PageContext,
  { deploymentId, commit, message, author, healthyAt, imageDigests }: Release,
  { runs, chosen }: { readonly runs: boolean; readonly chosen: boolean },
): Markup {
  const id = `release-${deploymentId}`;
  return (
    <div class="row relrow">
      <input type="radio" id={id} name="to" value={deploymentId} checked={chosen} required />
      <label class="mid" for={id}>
        <span class="commit">
          {commitChip(commit)}
          <span class="cut name" title={message}>
            {message || `Deployment ${deploymentId}`}
          </span>
          {runs ? <span class="faint nowrap">runs now</span> : null}
        </span>
        <span class="faint">
          {author === "" ? null : `${author}, `}
          {timeAgo(context.now, healthyAt)}
          <span class="num"> · deployment {deploymentId}</span>
        </span>
        {images(imageDigests)}
      </label>
    </div>
  );
}

function images(digests: Release["imageDigests"]): Markup {
  return (
    <>
      {Object.entries(digests).map(([image, digest]) => (
        <span class="faint imageline">
          <code class="cut" title={image}>
            {shortDigests(image)}
          </code>
          <code class="nowrap" title={digest}>
            {shortDigests(digest)}
          </code>
        </span>
      ))}
    </>
  );
}
