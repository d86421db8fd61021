import { h, type Markup } from "./h.ts";
import { age, ago, exactTime } from "./time-text.ts";

/** Relative, with the exact time on hover. */
export function timeAgo(now: Date, at: string): Markup {
  return (
    <time class="num nowrap" datetime={at} title={exactTime(at)}>
      {ago(now, at)}
    </time>
  );
}

/** The bare age (`2 h`), for columns and running text. */
export function timeAge(now: Date, at: string): Markup {
  return (
    <time class="num nowrap" datetime={at} title={exactTime(at)}>
      {age(now, at)}
    </time>
  );
}
