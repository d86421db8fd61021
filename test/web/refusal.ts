import { TallymanError } from "../../src/error.ts";

/** `Reason message` of what a call throws; "done" when it throws nothing. */
export function refusal(call: () => unknown): string {
  try {
    call();
    return "done";
  } catch (thrown) {
    if (thrown instanceof TallymanError) return `${thrown.reason} ${thrown.message}`;
    throw thrown;
  }
}
