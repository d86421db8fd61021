import { h, type Markup } from "./h.ts";

/** Five tally strokes: the mark beside the name. Decoration only. */
export function mark(): Markup {
  return (
    <svg class="mark" viewBox="0 0 22 18" aria-hidden="true">
      <path d="M4 2v14M9 2v14M14 2v14M19 2v14" />
      <path class="slash" d="M1 14 21 4" />
    </svg>
  );
}
