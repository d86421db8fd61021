import { asTallymanError, type TallymanError } from "../error.ts";
import { statusOf } from "./error-answer.ts";

/** What a form answers beside the fields that were typed. Throws what is not the sender's to mend. */
export function complaintOf(thrown: unknown): { readonly error: TallymanError; readonly status: number } {
  const error = asTallymanError(thrown);
  const status = statusOf(error);
  if (status >= 500 || error.reason === "NotFound") throw error;
  return { error, status };
}
