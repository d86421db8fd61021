import { shortDigests } from "../digest-text.ts";
import { h, type Markup } from "../h.ts";
import { type PlanLine, planLines } from "./plan-lines.ts";

const SIGNS: Readonly<Record<PlanLine["sign"], { readonly tone: string; readonly word: string }>> = {
  "+": { tone: "good", word: "new" },
  "~": { tone: "warn", word: "changed" },
  "−": { tone: "bad", word: "removed" },
};

/** The plan line by line with its causes; `unchanged` services close it. */
export function planList(operations: Parameters<typeof planLines>[0], unchanged: readonly string[]): Markup {
  return (
    <ul class="plan">
      {planLines(operations).map(({ sign, what, cause }) => (
        <li>
          <span class={SIGNS[sign].tone} title={SIGNS[sign].word}>
            <span aria-hidden="true">{sign}</span>
            <span class="unseen">{SIGNS[sign].word}:</span>
          </span>
          <b class="cut" title={what}>
            {shortDigests(what)}
          </b>
          <span class="why" title={cause}>
            {shortDigests(cause)}
          </span>
        </li>
      ))}
      {unchanged.length === 0 ? null : (
        <li class="faint">
          <span aria-hidden="true">=</span>
          <span>{unchanged.join(", ")}</span>
          <span class="why faint">no change</span>
        </li>
      )}
    </ul>
  );
}
