import type { Release } from "../deployment.ts";
import { TallymanError } from "../error.ts";
import { atRef } from "../reconcile/at-ref.ts";
import type { PassResult } from "../reconcile/pass.ts";
import { shortCommit } from "../revision.ts";
import type { Hold } from "../stack.ts";
import { record } from "./audit.ts";
import { type Caller, callerName } from "./caller.ts";
import { askForPass } from "./passes.ts";
import { rollbackTarget } from "./rollback-target.ts";
import { stackNamed } from "./stack-actions.ts";
import type { Web } from "./web-context.ts";

export const RELEASES_SHOWN = 200;
const LONGEST_WHY = 500;

export interface Placed {
  readonly hold: Hold;
  readonly end: Promise<PassResult>;
}

export interface Lifted {
  /** What is lifted now; empty when nothing held the stack. */
  readonly released: readonly Hold["kind"][];
  readonly end: Promise<PassResult>;
}

/** Suspends or stops a stack. Throws NotFound and InvalidInput. */
export async function holdStack(
  web: Web,
  caller: Caller,
  stackName: string,
  kind: "suspended" | "stopped",
  why = "",
): Promise<Placed> {
  await stackNamed(web, stackName);
  const hold = await place(web, caller, stackName, { kind, why, deploymentId: null });
  return { hold, end: askForPass(web, stackName, "settings") };
}

/** Lifts what is placed of these kinds. Throws NotFound. */
export async function releaseStack(
  web: Web,
  caller: Caller,
  stackName: string,
  kinds: readonly Hold["kind"][],
): Promise<Lifted> {
  await stackNamed(web, stackName);
  const held = (await web.store.holds.holdsOf(stackName)).filter(({ kind }) => kinds.includes(kind));
  for (const { kind, why } of held) await lift(web, caller, stackName, kind, why);
  return { released: held.map(({ kind }) => kind), end: askForPass(web, stackName, "settings") };
}

/**
 * Pins a former release and asks for the pass that brings it back. Whatever suspended or stopped the stack is lifted: the operator has
 * decided anew. Throws NotFound and InvalidInput.
 */
export async function rollBack(
  web: Web,
  caller: Caller,
  stackName: string,
  { to, why = "" }: { readonly to?: string | undefined; readonly why?: string | undefined },
): Promise<Placed & { readonly release: Release }> {
  await stackNamed(web, stackName);
  const [releases, held] = await Promise.all([
    web.store.history.releases(stackName, RELEASES_SHOWN),
    web.store.holds.holdsOf(stackName),
  ]);
  const pin = held.find(({ kind }) => kind === "pinned");
  const release = rollbackTarget(releases, to?.trim(), pin?.deploymentId ?? null);
  const hold = await place(web, caller, stackName, { kind: "pinned", why, deploymentId: release.deploymentId });
  for (const other of held.filter(({ kind }) => kind !== "pinned"))
    await lift(web, caller, stackName, other.kind, other.why);
  return { hold, release, end: askForPass(web, stackName, "settings") };
}

/**
 * Deploys what a ref points to now, whatever the stack's own ref says, and pins the stack to it. Lifts what held it, as a rollback does.
 * Throws NotFound, InvalidInput, and what the remote answers.
 */
export async function pinRevision(
  web: Web,
  caller: Caller,
  stackName: string,
  { ref, why = "" }: { readonly ref: string; readonly why?: string | undefined },
): Promise<Placed> {
  const probed = await web.reconciler.probe(atRef(await stackNamed(web, stackName), ref));
  if (!probed.ok) throw probed.error;
  const { revision } = probed;
  const said = why === "" ? `deploy of ${ref}` : why;
  const hold = await place(web, caller, stackName, { kind: "pinned", why: said, deploymentId: null, revision });
  const held = await web.store.holds.holdsOf(stackName);
  for (const other of held.filter(({ kind }) => kind !== "pinned"))
    await lift(web, caller, stackName, other.kind, other.why);
  return { hold, end: askForPass(web, stackName, "deploy") };
}

async function place(
  web: Web,
  caller: Caller,
  stackName: string,
  given: Pick<Hold, "kind" | "why" | "deploymentId" | "revision">,
): Promise<Hold> {
  const why = whyIn(given.why);
  const hold: Hold = { ...given, why, by: callerName(caller), at: web.now().toISOString() };
  await web.store.holds.place(stackName, hold);
  await record(web, caller, `stack ${hold.kind}${pinnedTo(hold)}`, why === "" ? stackName : `${stackName}: ${why}`);
  web.bus.publish(stackName, { type: "held", kind: hold.kind, by: hold.by, why });
  return hold;
}

function pinnedTo({ deploymentId, revision }: Hold): string {
  if (revision) return ` to ${shortCommit(revision.commit)}`;
  return deploymentId === null ? "" : ` to deployment ${deploymentId}`;
}

async function lift(web: Web, caller: Caller, stackName: string, kind: Hold["kind"], why: string): Promise<void> {
  await web.store.holds.lift(stackName, kind);
  await record(web, caller, `stack no longer ${kind}`, stackName);
  web.bus.publish(stackName, { type: "released", kind, by: callerName(caller), why });
}

/** One line of text. Throws InvalidInput. */
function whyIn(text: string): string {
  const why = text.trim();
  if (why.length <= LONGEST_WHY && !/\p{Cc}/u.test(why)) return why;
  throw new TallymanError("InvalidInput", `why: must be one line of at most ${LONGEST_WHY} characters`, {
    hint: "Say it shorter.",
  });
}

/** What a release is called in an answer. */
export function releaseBody({ deploymentId, commit, message, author, healthyAt }: Release) {
  return { deploymentId, commit, message, author, healthyAt };
}

/** What will run once nothing holds the stack, in words. */
export async function nextToRun(web: Web, stackName: string): Promise<string> {
  const { wantedCommit, commit, stopped } = await web.reconciler.status(stackName);
  if (stopped) return "nothing, as it is stopped";
  if (wantedCommit === null) return "the newest commit, once the repository can be read";
  return wantedCommit === commit ? `${shortCommit(wantedCommit)}, as now` : shortCommit(wantedCommit);
}
