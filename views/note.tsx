import { type Child, h, type Markup } from "./h.ts";
import { prose } from "./prose.tsx";
import { shapeMark } from "./state.tsx";

interface Note {
  readonly tone: "bad" | "warn" | "info" | "good";
  readonly children: Child;
  /** The one button that helps. */
  readonly action?: Child;
  /** Read out at once: only for what answers something the reader just did. */
  readonly alert?: boolean;
}

/** One thing a person should know, first on the page. */
export function note({ tone, children, action, alert }: Note): Markup {
  return (
    <div class={`note ${tone}`} role={alert ? "alert" : undefined}>
      {shapeMark({ bad: "cross", warn: "half", info: "dots", good: "check" }[tone] as "cross")}
      <div class="says">{children}</div>
      {action}
    </div>
  );
}

/** An error in the words of TallymanError: what happened, then what to do. */
export function complaintNote(complaint: { readonly message: string; readonly hint: string }, action?: Child): Markup {
  return note({
    tone: "bad",
    alert: true,
    action,
    children: [<b>{prose(complaint.message)}</b>, " ", prose(complaint.hint)],
  });
}
