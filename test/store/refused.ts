import { TallymanError } from "../../src/error.ts";

/**
 * The error with which the promise is rejected. Not `expect(…).rejects`: that one waits in a nested loop, in which Bun delivers no message
 * of a worker when the test itself goes on from one.
 */
export async function refused(promise: Promise<unknown>): Promise<TallymanError> {
  const outcome = await promise.then(
    () => new Error("it was not refused"),
    (thrown: unknown) => thrown,
  );
  if (outcome instanceof TallymanError) return outcome;
  throw outcome;
}
