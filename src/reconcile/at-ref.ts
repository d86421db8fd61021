import { TallymanError } from "../error.ts";
import type { Stack } from "../stack.ts";

/** The stack as if it followed another ref; without one as it is. Throws InvalidInput for a folder, which has no refs. */
export function atRef(stack: Stack, ref: string | undefined): Stack {
  if (ref === undefined) return stack;
  if (stack.origin === "git") return { ...stack, ref };
  throw new TallymanError("InvalidInput", `ref: ${stack.name} is a folder of the apps dir and has no refs`, {
    hint: "Leave it out: what the folder holds is what runs.",
  });
}
