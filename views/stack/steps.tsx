import { h, type Markup } from "../h.ts";

const STEPS = ["Repository", "Connection", "First plan"] as const;

/** Where one is on the way to a new stack. */
export function steps(current: 1 | 2 | 3): Markup {
  return (
    <ol class="steps" aria-label="Steps">
      {STEPS.map((name, index) => (
        <li class={index + 1 < current ? "done" : undefined} aria-current={index + 1 === current ? "step" : undefined}>
          <span class="num" aria-hidden="true">
            {index + 1}
          </span>
          {name}
        </li>
      ))}
    </ol>
  );
}
