import { shortCommit } from "../../src/revision.ts";
import { FOLDER_GONE, type Hold } from "../../src/stack.ts";
import { commitChip } from "../commit.tsx";
import { postButton } from "../form.tsx";
import { Fragment, h, type Markup } from "../h.ts";
import { note } from "../note.tsx";
import type { PageContext } from "../page-context.ts";
import { sentence } from "../prose.tsx";
import { routes } from "../routes.ts";
import { timeAgo } from "../time.tsx";
import type { StackView } from "./stack-view.ts";

type Held = Pick<StackView, "stack" | "status" | "holds" | "pinnedTo">;

/** Who holds the stack, since when and why, each with the button that ends it. */
export function holdNotes(context: PageContext, view: Held): Markup {
  return (
    <div id="stack-holds" class="slot">
      {view.holds.map((hold) => holdNote(context, view, hold))}
    </div>
  );
}

function holdNote(context: PageContext, view: Held, hold: Hold): Markup {
  return note({
    tone: hold.by === "tallyman" ? "warn" : "info",
    action: endButton(context, view, hold),
    children: (
      <>
        <b>
          {headline(view, hold)} by {hold.by}
        </b>
        , {timeAgo(context.now, hold.at)}
        {hold.why === "" ? "." : `: ${sentence(hold.why)}`} <span class="hint">{consequence(view, hold)}</span>
      </>
    ),
  });
}

function headline({ pinnedTo }: Held, { kind }: Hold): Markup {
  if (kind === "suspended") return <>Suspended</>;
  if (kind === "stopped") return <>Stopped</>;
  return pinnedTo ? <>Pinned to {commitChip(pinnedTo.commit)}</> : <>Pinned</>;
}

/** Of too many folders that went at once, this stack's is one: it goes when somebody says so. */
function isMissed({ by, why }: Hold): boolean {
  return by === "tallyman" && why.startsWith(FOLDER_GONE);
}

function consequence({ status, pinnedTo }: Held, hold: Hold): Markup {
  const { kind } = hold;
  if (isMissed(hold)) return <>What runs goes on running. Once the folder is back, so is the stack.</>;
  if (kind === "suspended") return <>Nothing of it is changed; what runs goes on running.</>;
  if (kind === "stopped") return <>Its containers stay stopped. Its volumes stay as they are.</>;
  const { wantedCommit } = status;
  if (wantedCommit === null || wantedCommit === pinnedTo?.commit)
    return <>New commits wait until somebody resumes it.</>;
  return <>The newest commit is {commitChip(wantedCommit)}; it waits until somebody resumes the stack.</>;
}

function endButton(context: PageContext, { stack, status, pinnedTo, holds }: Held, hold: Hold): Markup {
  const { kind } = hold;
  if (isMissed(hold))
    return (
      <a class="btn bad" href={routes.remove(stack.name)}>
        Remove {stack.name}…
      </a>
    );
  if (kind === "stopped")
    return postButton(context, { action: routes.start(stack.name), label: `Start ${stack.name}`, kind: "main" });
  const { wantedCommit, commit } = status;
  const other = kind === "pinned" ? pinnedTo?.commit : commit;
  const stopped = holds.some((hold) => hold.kind === "stopped");
  const label =
    wantedCommit !== null && wantedCommit !== other && !stopped
      ? `Resume with ${shortCommit(wantedCommit)}`
      : `Resume ${stack.name}`;
  return postButton(context, { action: routes.resume(stack.name), label, kind: "main" });
}
