/** Up to so many stacks, one of them may well go. */
const SMALL = 2;

/**
 * Whether that many stacks of so many may really have gone at once. A list that suddenly shrinks to zero, or by more than half with more
 * than two stacks, rather tells of a mount that is away: nothing is removed until an operator confirms. Pure.
 */
export function believesVanished(gone: number, all: number): boolean {
  return gone < all && (all <= SMALL || gone * 2 <= all);
}
