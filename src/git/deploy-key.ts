import ssh2 from "ssh2";
import { TallymanError } from "../error.ts";

export interface DeployKey {
  /** OpenSSH PEM, unencrypted: for the sealed store only. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA… tallyman-<stack>`: for the forge. */
  readonly publicKey: string;
}

/** A new ed25519 pair for one stack. */
export function generateDeployKey(stackName: string): DeployKey {
  const pair = ssh2.utils.generateKeyPairSync("ed25519", { comment: `tallyman-${stackName}` });
  return { privateKey: pair.private, publicKey: pair.public };
}

/** The public half of a private key that the operator brought, as a forge takes it. Throws InvalidInput. */
export function publicKeyOf(privateKey: string): string {
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error || !parsed.isPrivateKey()) {
    throw new TallymanError("InvalidInput", "credential: this is not a private SSH key that can be read without a passphrase", {
      hint: "Give an OpenSSH key without a passphrase, or leave it out and let Tallyman make one.",
    });
  }
  return `${parsed.type} ${parsed.getPublicSSH().toString("base64")} ${parsed.comment}`.trim();
}

/** Where on a forge a deploy key is pasted, in words; with the page's address where the forge is known. */
export function whereToPasteKey(host: string, path: string): string {
  const repository = path.replace(/^\/+/, "").replace(/\.git$/, "");
  if (host === "github.com") return `https://github.com/${repository}/settings/keys/new`;
  if (host === "gitlab.com") return `https://gitlab.com/${repository}/-/settings/repository#js-deploy-keys-settings`;
  if (host === "codeberg.org") return `https://codeberg.org/${repository}/settings/keys`;
  if (host === "bitbucket.org") return `https://bitbucket.org/${repository}/admin/access-keys/`;
  return `the repository's deploy keys on ${host}`;
}
