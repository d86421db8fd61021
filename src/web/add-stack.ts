import { TallymanError } from "../error.ts";
import type { ProbeResult } from "../reconcile/reconciler.ts";
import { STACK_DEFAULTS, type Stack, type Suspension } from "../stack.ts";
import { record } from "./audit.ts";
import { type Caller, callerName } from "./caller.ts";
import type { NewStack } from "./new-stack.ts";
import { stackFrom } from "./new-stack.ts";
import { credentialFor, credentialKind } from "./stack-credential.ts";
import { refuseOddOrder } from "./stack-order.ts";
import type { Web } from "./web-context.ts";

export interface AddedStack {
  readonly stack: Stack;
  /** To be registered at the git server; null unless the stack is read over SSH. */
  readonly publicKey: string | null;
  readonly probe: ProbeResult;
}

/** What is not the operator's to say in so many words. */
interface Circumstances {
  /** Why nothing may happen yet; null: the first pass begins at once. */
  readonly suspendedBecause: Suspension["why"] | null;
  readonly liveTree: Stack["liveTree"];
}

/**
 * Stores a stack and asks its remote once. A failing probe is an answer, not an error: the deploy key may still have to be registered.
 * Throws InvalidInput and AlreadyExists.
 */
export async function addStack(
  web: Web,
  caller: Caller,
  input: NewStack,
  { suspendedBecause, liveTree }: Circumstances = { suspendedBecause: null, liveTree: STACK_DEFAULTS.liveTree },
): Promise<AddedStack> {
  const remote = web.readRemote(input.repository.trim());
  const kind = credentialKind(remote, input.credential);
  const defaults = { intervalMs: web.intervalMs, createdAt: web.now().toISOString() };
  const stack = { ...stackFrom(input, kind, defaults), liveTree };
  const others = await web.store.stacks.list();
  refuseTakenProject(stack, others);
  refuseOddOrder(stack, others);
  const credential = await credentialFor(web, stack.name, remote, kind, input.credential);
  const suspension = suspendedBecause === null ? null : { by: callerName(caller), why: suspendedBecause };
  await web.store.stacks.add(stack, suspension && { ...suspension, at: stack.createdAt });
  if (credential) await web.store.credentials.set(stack.name, credential);
  await record(web, caller, suspendedBecause === null ? "stack added" : "stack adopted", stack.name);
  const probe = await web.reconciler.probe(stack);
  web.bus.publish(stack.name, { type: "stack-added" });
  web.reconciler.adopt(stack);
  return { stack, publicKey: credential?.publicKey ?? null, probe };
}

/** Two stacks would take the same containers from each other for ever. Throws AlreadyExists. */
function refuseTakenProject({ name, project }: Stack, others: readonly Stack[]): void {
  const keeper = others.find((other) => other.name !== name && other.project === project);
  if (!keeper) return;
  throw new TallymanError("AlreadyExists", `the stack ${keeper.name} keeps the project ${project} already`, {
    hint: `Choose another project name, or look at it: \`tallyman status ${keeper.name}\`.`,
  });
}
