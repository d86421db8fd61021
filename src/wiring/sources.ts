import type { Source } from "../source.ts";
import type { Stack } from "../stack.ts";

/** Each stack's own kind of source behind the one contract. */
export function sourceByOrigin(sources: Readonly<Record<Stack["origin"], Source>>): Source {
  const of = ({ origin }: Stack): Source => sources[origin];
  return {
    head: (stack, signal) => of(stack).head(stack, signal),
    checkout: (stack, revision, signal) => of(stack).checkout(stack, revision, signal),
    switchTree: (stack, checkout, inPlace, signal) => of(stack).switchTree(stack, checkout, inPlace, signal),
    discard: (stack, checkout) => of(stack).discard(stack, checkout),
    keep: (stack, checkout) => of(stack).keep(stack, checkout),
    keepOnly: (stack, commits) => of(stack).keepOnly(stack, commits),
  };
}
