import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { TallymanError } from "../error.ts";
import type { CredentialKind, Stack } from "../stack.ts";
import { changedMeanwhile } from "../store/stack-store.ts";
import { record } from "./audit.ts";
import type { Caller } from "./caller.ts";
import { type StackSettings, withSettings } from "./new-stack.ts";
import { stackNamed } from "./stack-actions.ts";
import { credentialFor, credentialKind, fits } from "./stack-credential.ts";
import { refuseOddOrder } from "./stack-order.ts";
import type { Web } from "./web-context.ts";

export interface EditedStack {
  readonly stack: Stack;
  /** Names of the settings that differ now. */
  readonly changed: readonly string[];
  /** The stored credential belonged to another host or transport and was forgotten. */
  readonly credentialDropped: boolean;
  /** Of the key that the repository is read with, when it is one. */
  readonly publicKey: string | null;
}

/** A change, and what it was made upon. */
export interface StackEdit extends StackSettings {
  /** As `settingsVersion` told it when the settings were read; without one they are changed whatever they are. */
  readonly version?: string | undefined;
}

/** Tells one state of a stack's settings from another. */
export function settingsVersion(stack: Stack): string {
  return createHash("sha256").update(JSON.stringify(stack)).digest("hex").slice(0, 16);
}

/**
 * Gives a stack other settings; its lane goes on with them. Throws NotFound, ChangedMeanwhile, and InvalidInput that names the field.
 */
export async function editStack(
  web: Web,
  caller: Caller,
  stackName: string,
  { version, ...given }: StackEdit,
): Promise<EditedStack> {
  const before = await stackNamed(web, stackName);
  if (version !== undefined && version !== settingsVersion(before)) throw changedMeanwhile(stackName);
  refuseForFolder(before, given);
  const settled = withSettings(before, given);
  if (given.dependsOn) refuseOddOrder(settled, await web.store.stacks.list());
  const { kind, dropped } = await changeCredential(web, before, settled.repository, given);
  const stack = { ...settled, credential: kind };
  const changed = changedSettings(before, stack, given);
  if (changed.length > 0) {
    await web.store.stacks.update(stack, before);
    await record(web, caller, "stack edited", `${stackName}: ${told(before, stack, changed)}`);
    web.bus.publish(stackName, { type: "stack-edited" });
    web.reconciler.edit(stack);
  }
  const publicKey = await web.store.credentials.publicKeyOf(stackName);
  return { stack, changed, credentialDropped: dropped, publicKey };
}

/** What a folder of the apps dir has no use for. */
function refuseForFolder(stack: Stack, given: StackSettings): void {
  const odd = (["repository", "ref", "path", "credential"] as const).find((name) => given[name] !== undefined);
  if (stack.origin !== "folder" || odd === undefined) return;
  throw new TallymanError("InvalidInput", `${odd}: ${stack.name} is a folder of the apps dir and has none`, {
    hint: "Move or rename the folder itself.",
  });
}

/**
 * A credential may go only to the host that it was given for. Another host, or another transport, drops it; over SSH a new key is made
 * then. A credential that was brought takes its place.
 */
async function changeCredential(
  web: Web,
  stack: Stack,
  repository: string,
  given: StackSettings,
): Promise<{ readonly kind: CredentialKind; readonly dropped: boolean }> {
  if (stack.origin === "folder" || (repository === stack.repository && !given.credential))
    return { kind: stack.credential, dropped: false };
  const remote = web.readRemote(repository);
  const former = await web.store.credentials.credentialOf(stack.name);
  const stays = fits(stack.credential, remote) && (former === null || former.host === remote.credentialHost);
  if (stays && !given.credential) return { kind: stack.credential, dropped: false };
  const kind = credentialKind(remote, given.credential);
  const credential = await credentialFor(web, stack.name, remote, kind, given.credential);
  if (credential) await web.store.credentials.set(stack.name, credential);
  else await web.store.credentials.forget(stack.name);
  return { kind, dropped: former !== null && !given.credential };
}

function changedSettings(before: Stack, after: Stack, given: StackSettings): readonly string[] {
  const names = Object.keys(after) as (keyof Stack)[];
  const changed = names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
  return given.credential && !changed.includes("credential") ? [...changed, "credential"] : changed;
}

/** `ref main → v2, prune true → false`; no secret is among the settings. */
function told(before: Stack, after: Stack, changed: readonly string[]): string {
  const shown = (stack: Stack, name: string) =>
    JSON.stringify(Object.entries(stack).find(([key]) => key === name)?.[1]).slice(0, 120);
  return changed.map((name) => `${name} ${shown(before, name)} → ${shown(after, name)}`).join(", ");
}
