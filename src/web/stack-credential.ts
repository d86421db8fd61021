import type { Credential } from "../credential.ts";
import { TallymanError } from "../error.ts";
import type { CredentialKind } from "../stack.ts";
import type { NewCredential } from "./new-stack.ts";
import type { Web } from "./web-context.ts";
import type { RemoteAddress } from "./web-options.ts";

/** Over SSH a key is made when none was brought; over HTTP nothing is sent unless a token was. Throws InvalidInput. */
export function credentialKind(remote: RemoteAddress, given: NewCredential | undefined): CredentialKind {
  const kind = given?.kind ?? (remote.transport === "ssh" ? "deploy-key" : "none");
  if (fits(kind, remote)) return kind;
  throw new TallymanError(
    "InvalidInput",
    `credential.kind: ${kind} does not fit a repository over ${remote.transport}`,
    {
      hint: remote.transport === "ssh" ? "Use deploy-key or ssh-key." : "Use https-token or none.",
    },
  );
}

export function fits(kind: CredentialKind, { transport }: RemoteAddress): boolean {
  const forSsh = kind === "deploy-key" || kind === "ssh-key";
  return transport === "ssh" ? forSsh : !forSsh;
}

/** The credential to keep, bound to the repository's host; null for none. Throws InvalidInput when its secret is missing. */
export async function credentialFor(
  web: Web,
  stackName: string,
  remote: RemoteAddress,
  kind: CredentialKind,
  given: NewCredential | undefined,
): Promise<Credential | null> {
  if (kind === "none") return null;
  const username = given?.username?.trim() || remote.user || "git";
  const common = { kind, host: remote.credentialHost, username };
  if (kind === "deploy-key") {
    const pair = await web.generateDeployKey(stackName);
    return { ...common, secret: pair.privateKey, publicKey: pair.publicKey };
  }
  const secret = given?.secret ?? "";
  if (secret.trim() === "")
    throw new TallymanError("InvalidInput", `credential.secret: is empty, but ${kind} needs one`, {
      hint: "Paste the token or the private key.",
    });
  if (kind === "https-token") return { ...common, secret: secret.trim(), publicKey: null };
  return { ...common, secret, publicKey: await web.publicKeyOf(secret) };
}
