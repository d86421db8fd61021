import type { Trigger } from "../deployment.ts";
import type { PassResult } from "../reconcile/pass.ts";
import { errorBody } from "./error-answer.ts";
import type { Web } from "./web-context.ts";

/** Asks the stack's lane for a pass; the promise is its end, which the caller need not wait for: a failure is logged as well. */
export function askForPass(web: Web, stackName: string, trigger: Trigger): Promise<PassResult> {
  const end = web.reconciler.run(stackName, trigger);
  end.catch((thrown: unknown) =>
    web.log("error", "a pass that was asked for failed", { stack: stackName, error: thrown }),
  );
  return end;
}

/** How a pass ended, as the API tells it. */
export function passBody(result: PassResult) {
  return { ...result, error: result.error && errorBody(result.error) };
}

/** With `wait` the end of the pass beside `told`, else `told` alone. */
export async function passAnswer<Told extends object>(wait: boolean | undefined, end: Promise<PassResult>, told: Told) {
  return wait ? { ...passBody(await end), ...told } : told;
}
