import ssh2, { type ParsedKey } from "ssh2";
import { TallymanError } from "../error.ts";

export interface DeployKey {
  /** OpenSSH PEM, unencrypted: for the sealed store only. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA… comment`: for the forge. */
  readonly publicKey: string;
}

/** A new ed25519 pair for one stack; the comment is `tallyman-<stack>`. */
export function generateDeployKey(comment: string): DeployKey {
  const pair = ssh2.utils.generateKeyPairSync("ed25519", { comment });
  return { privateKey: pair.private, publicKey: pair.public };
}

/** The public half of a key that was given, as a forge wants it pasted. Throws InvalidInput that names `credential.secret`. */
export function publicKeyOf(privateKey: string): string {
  const parsed: unknown = ssh2.utils.parseKey(privateKey);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (!isParsedKey(key) || !key.isPrivateKey()) {
    throw new TallymanError("InvalidInput", "credential.secret: is no SSH private key that can be read", {
      hint: "Give the private half in OpenSSH or PEM format, without a passphrase.",
    });
  }
  const comment = key.comment.replace(/\s+/g, "-");
  return `${key.type} ${key.getPublicSSH().toString("base64")}${comment === "" ? "" : ` ${comment}`}`;
}

function isParsedKey(value: unknown): value is ParsedKey {
  return typeof value === "object" && value !== null && !(value instanceof Error) && "getPublicSSH" in value;
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
