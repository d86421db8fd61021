import { TallymanError } from "../error.ts";
import type { PassResult } from "../reconcile/pass.ts";
import type { Drift, Stack } from "../stack.ts";
import { record } from "./audit.ts";
import type { Caller } from "./caller.ts";
import { askForPass } from "./passes.ts";
import type { Web } from "./web-context.ts";

/** Throws NotFound. */
export async function stackNamed(web: Web, stackName: string): Promise<Stack> {
  const stack = await web.store.stacks.get(stackName);
  if (stack) return stack;
  throw new TallymanError("NotFound", `there is no stack named "${stackName.slice(0, 63)}"`, {
    hint: "`tallyman stack list` shows all of them.",
  });
}

/** Asks the stack's lane for a pass; the promise is its end, which the caller need not wait for. */
export async function deployStack(web: Web, caller: Caller, stackName: string): Promise<{ end: Promise<PassResult> }> {
  await stackNamed(web, stackName);
  await record(web, caller, "deploy asked for", stackName);
  return { end: askForPass(web, stackName, "deploy") };
}

/** Like a deploy, for what failed. */
export async function retryStack(web: Web, caller: Caller, stackName: string): Promise<{ end: Promise<PassResult> }> {
  await stackNamed(web, stackName);
  await record(web, caller, "retry asked for", stackName);
  return { end: askForPass(web, stackName, "retry") };
}

/** Looks at the Engine now; a stack that is set so is repaired, so the end may take as long as a deployment. */
export async function lookForDrift(
  web: Web,
  caller: Caller,
  stackName: string,
): Promise<{ end: Promise<readonly Drift[]> }> {
  await stackNamed(web, stackName);
  await record(web, caller, "look for drift asked for", stackName);
  const end = web.reconciler.drift(stackName);
  end.catch((thrown: unknown) => web.log("error", "a look for drift failed", { stack: stackName, error: thrown }));
  return { end };
}

/** Asks every lane to look now instead of at its next poll. Unlike a deploy it does not try a failed commit again. */
export async function checkAllStacks(web: Web): Promise<void> {
  for (const { name } of await web.store.stacks.list()) askForPass(web, name, "commit").catch(() => undefined);
}
