import type { StackSummary } from "../../views/stack/stack-view.ts";
import type { Stack, StackStatus } from "../stack.ts";
import type { Web } from "./web-context.ts";

const STROKES = 20;

/** What the overview shows, by name. A stack that is just being added or removed has no lane and is left out. */
export async function stackSummaries(web: Web): Promise<readonly StackSummary[]> {
  const [stacks, statuses] = await Promise.all([web.store.stacks.list(), web.reconciler.statuses()]);
  const known = stacks.flatMap((stack) => {
    const status = statuses.find((candidate) => candidate.name === stack.name);
    return status ? [{ stack, status }] : [];
  });
  return Promise.all(known.map(({ stack, status }) => stackSummary(web, stack, status)));
}

export async function stackSummary(web: Web, stack: Stack, status: StackStatus): Promise<StackSummary> {
  const [deployments, release] = await Promise.all([
    web.store.history.outline(stack.name, STROKES),
    web.store.history.lastRelease(stack.name),
  ]);
  return { stack, status, deployments, release };
}
