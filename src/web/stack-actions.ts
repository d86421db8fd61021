import { TallymanError } from "../error.ts";
import type { Stack } from "../stack.ts";
import { record } from "./audit.ts";
import type { Caller } from "./caller.ts";
import type { PassResult } from "./reconciler-port.ts";
import type { Web } from "./web-context.ts";

/** Throws NotFound. */
export async function stackNamed(web: Web, stackName: string): Promise<Stack> {
  const stack = await web.store.stacks.get(stackName);
  if (stack) return stack;
  throw new TallymanError("NotFound", `there is no stack named "${stackName.slice(0, 63)}"`, {
    hint: "`tallyman stack list` shows all of them.",
  });
}

/** Containers and networks go, volumes and the record stay. A stack that could not be taken down goes on as before. */
export async function removeStack(web: Web, caller: Caller, stackName: string): Promise<void> {
  const stack = await stackNamed(web, stackName);
  try {
    await web.reconciler.remove(stackName);
  } catch (thrown) {
    web.reconciler.adopt(stack);
    throw thrown;
  }
  await web.store.stacks.remove(stackName);
  await record(web, caller, "stack removed", stackName);
  web.bus.publish(stackName, { type: "stack-removed" });
}

/** Asks the stack's lane for a pass; the promise is its end, which the caller need not wait for. */
export async function deployStack(web: Web, caller: Caller, stackName: string): Promise<{ end: Promise<PassResult> }> {
  await stackNamed(web, stackName);
  await record(web, caller, "deploy asked for", stackName);
  const end = web.reconciler.run(stackName, "deploy");
  end.catch((thrown: unknown) =>
    web.log("error", "a pass that was asked for failed", { stack: stackName, error: thrown }),
  );
  return { end };
}

/** Asks every lane to look now instead of at its next poll. Unlike a deploy it does not try a failed commit again. */
export async function checkAllStacks(web: Web): Promise<void> {
  for (const { name } of await web.store.stacks.list())
    web.reconciler
      .run(name, "commit")
      .catch((thrown: unknown) => web.log("error", "a pass that was asked for failed", { stack: name, error: thrown }));
}
