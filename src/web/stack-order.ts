import { TallymanError } from "../error.ts";
import type { Stack } from "../stack.ts";

type Order = Pick<Stack, "name" | "dependsOn">;

/** Throws InvalidInput that names the stack that is not there, or the circle in which stacks would wait for each other for ever. */
export function refuseOddOrder(stack: Order, others: readonly Order[]): void {
  const known = new Map(others.map(({ name, dependsOn }) => [name, dependsOn]));
  known.set(stack.name, stack.dependsOn);
  const unknown = stack.dependsOn.find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new TallymanError(
      "InvalidInput",
      `dependsOn: there is no stack named ${JSON.stringify(unknown.slice(0, 63))}`,
      {
        hint: "`tallyman stack list` shows all of them.",
      },
    );
  const circle = circleFrom(stack.name, known);
  if (circle)
    throw new TallymanError("InvalidInput", `dependsOn: ${circle.join(" → ")} is a circle`, {
      hint: "Let one of them wait for nobody.",
    });
}

/** The way from a stack back to itself, both ends included; null when there is none. */
function circleFrom(start: string, order: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const seen = new Set<string>();
  const walk = (way: readonly string[]): readonly string[] | null => {
    for (const next of order.get(way.at(-1) ?? "") ?? []) {
      if (next === start) return [...way, next];
      if (seen.has(next)) continue;
      seen.add(next);
      const circle = walk([...way, next]);
      if (circle) return circle;
    }
    return null;
  };
  return walk([start]);
}
