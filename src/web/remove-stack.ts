import { TallymanError } from "../error.ts";
import type { Stack } from "../stack.ts";
import { record } from "./audit.ts";
import type { Caller } from "./caller.ts";
import { stackNamed } from "./stack-actions.ts";
import type { Web } from "./web-context.ts";

const LOOK_WITHIN_MS = 10_000;

export interface Removal {
  /** The data too. */
  readonly volumes: boolean;
  /** The stack's name, typed by whoever wants its data gone. */
  readonly confirm: string;
}

export interface Removed {
  readonly removed: string;
  /** Names of the volumes that went with it. */
  readonly volumes: readonly string[];
}

/**
 * Containers and networks go; volumes only when they were asked for and the name was typed. The record stays. A stack that could not be
 * taken down goes on as before. Throws NotFound and InvalidInput.
 */
export async function removeStack(web: Web, caller: Caller, stackName: string, given: Removal): Promise<Removed> {
  const stack = await stackNamed(web, stackName);
  const volumes = given.volumes ? await volumesOf(web, stack) : [];
  if (given.volumes && given.confirm !== stackName) throw unconfirmed(stackName, volumes);
  try {
    await web.reconciler.remove(stackName, { volumes: given.volumes });
  } catch (thrown) {
    web.reconciler.adopt(stack);
    throw thrown;
  }
  await web.store.stacks.remove(stackName);
  await record(web, caller, "stack removed", stackName);
  if (given.volumes) await record(web, caller, "volumes deleted", `${stackName}: ${volumes.join(", ") || "none"}`);
  web.bus.publish(stackName, { type: "stack-removed" });
  return { removed: stackName, volumes };
}

/** Names of the volumes that bear the project's label. */
export async function volumesOf(web: Web, { project }: Stack): Promise<readonly string[]> {
  const query = { project, images: [], networks: [], volumes: [] };
  const { volumes } = await web.engine.observe(query, AbortSignal.timeout(LOOK_WITHIN_MS));
  return volumes.map(({ name }) => name).sort();
}

function unconfirmed(stackName: string, volumes: readonly string[]): TallymanError {
  const what = volumes.length === 0 ? "it has no volume" : `this deletes ${volumes.join(", ")} with all data`;
  return new TallymanError("InvalidInput", `confirm: must be the stack's name, ${stackName}; ${what}`, {
    hint: "On the command line add --yes-delete-data.",
  });
}
