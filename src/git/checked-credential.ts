import type { Credential, CredentialVault } from "../credential.ts";
import { TallymanError } from "../error.ts";
import type { Stack } from "../stack.ts";
import type { RemoteUrl } from "./remote-url.ts";

/**
 * The stack's credential, if it may go where the repository is now. Throws GitAuthentication when it was given for another host or another
 * way of access: an edited URL never carries a secret elsewhere.
 */
export async function checkedCredential(
  stack: Stack,
  remote: RemoteUrl,
  vault: CredentialVault,
): Promise<Credential | null> {
  if (stack.credential === "none") return null;
  const credential = await vault.credentialOf(stack.name);
  if (!credential) throw refusal(`stack ${stack.name} has no stored credential of the kind ${stack.credential}`);
  if (credential.host !== remote.credentialHost) {
    throw refusal(
      `the credential of stack ${stack.name} is for ${credential.host}, its repository is on ${remote.credentialHost}`,
    );
  }
  if ((credential.kind === "https-token") !== (remote.transport !== "ssh")) {
    throw refusal(
      `the credential of stack ${stack.name} is of the kind ${credential.kind}, its repository is read over ${remote.transport}`,
    );
  }
  return credential;
}

function refusal(message: string): TallymanError {
  return new TallymanError("GitAuthentication", message, { hint: "Give the stack a credential for this repository." });
}
