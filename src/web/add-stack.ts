import type { Credential } from "../credential.ts";
import { TallymanError } from "../error.ts";
import type { CredentialKind, Stack } from "../stack.ts";
import { record } from "./audit.ts";
import type { Caller } from "./caller.ts";
import type { NewCredential, NewStack } from "./new-stack.ts";
import { stackFrom } from "./new-stack.ts";
import type { ProbeResult } from "./reconciler-port.ts";
import type { Web } from "./web-context.ts";
import type { RemoteAddress } from "./web-options.ts";

export interface AddedStack {
  readonly stack: Stack;
  /** To be registered at the git server; null unless the stack is read over SSH. */
  readonly publicKey: string | null;
  readonly probe: ProbeResult;
}

/**
 * Stores a stack and asks its remote once. A failing probe is an answer, not an error: the deploy key may still have to be registered.
 * Throws InvalidInput and AlreadyExists.
 */
export async function addStack(web: Web, caller: Caller, input: NewStack): Promise<AddedStack> {
  const remote = web.readRemote(input.repository.trim());
  const kind = credentialKind(remote, input.credential);
  const stack = stackFrom(input, kind, { intervalMs: web.intervalMs, createdAt: web.now().toISOString() });
  const credential = await credentialFor(web, stack, remote, input.credential);
  await web.store.stacks.add(stack);
  if (credential) await web.store.credentials.set(stack.name, credential);
  await record(web, caller, "stack added", stack.name);
  const probe = await web.reconciler.probe(stack);
  web.bus.publish(stack.name, { type: "stack-added" });
  web.reconciler.adopt(stack);
  return { stack, publicKey: credential?.publicKey ?? null, probe };
}

/** Over SSH a key is made when none was brought; over HTTP nothing is sent unless a token was. */
function credentialKind(remote: RemoteAddress, given: NewCredential | undefined): CredentialKind {
  const kind = given?.kind ?? (remote.transport === "ssh" ? "deploy-key" : "none");
  const forSsh = kind === "deploy-key" || kind === "ssh-key";
  if (remote.transport === "ssh" ? forSsh : !forSsh) return kind;
  throw new TallymanError(
    "InvalidInput",
    `credential.kind: ${kind} does not fit a repository over ${remote.transport}`,
    {
      hint: remote.transport === "ssh" ? "Use deploy-key or ssh-key." : "Use https-token or none.",
    },
  );
}

async function credentialFor(
  web: Web,
  stack: Stack,
  remote: RemoteAddress,
  given: NewCredential | undefined,
): Promise<Credential | null> {
  if (stack.credential === "none") return null;
  const username = given?.username?.trim() || remote.user || "git";
  const common = { kind: stack.credential, host: remote.credentialHost, username };
  if (stack.credential === "deploy-key") {
    const pair = await web.generateDeployKey(stack.name);
    return { ...common, secret: pair.privateKey, publicKey: pair.publicKey };
  }
  const secret = given?.secret ?? "";
  if (secret.trim() === "")
    throw new TallymanError("InvalidInput", `credential.secret: is empty, but ${stack.credential} needs one`, {
      hint: "Paste the token or the private key.",
    });
  if (stack.credential === "https-token") return { ...common, secret: secret.trim(), publicKey: null };
  return { ...common, secret, publicKey: await web.publicKeyOf(secret) };
}
