import { type Child, h, type Markup } from "./h.ts";
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
    children: [<b>{sentence(complaint.message)}</b>, " ", complaint.hint],
  });
}

/** Error texts begin lowercase with the thing they name; on a page they stand as sentences. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?…:]$/.test(trimmed) || trimmed === "" ? trimmed : `${trimmed}.`;
}
