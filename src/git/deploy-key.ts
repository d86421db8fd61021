import { generateKeyPairSync, randomBytes } from "node:crypto";
import ssh2, { type ParsedKey } from "ssh2";
import { TallymanError } from "../error.ts";

export interface DeployKey {
  /** OpenSSH PEM, unencrypted: for the sealed store only. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA… comment`: for the forge. */
  readonly publicKey: string;
}

/** A new ed25519 pair for one stack. */
export function generateDeployKey(comment: string): DeployKey {
  const { d = "", x = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  return encodeDeployKey(Buffer.from(d, "base64url"), Buffer.from(x, "base64url"), comment);
}

/**
 * A pair as OpenSSH writes it, from 32 bytes each. Not left to ssh2, whose generator drops leading zero bytes: one key in 256 is broken.
 * Source: OpenSSH PROTOCOL.key; RFC 8709 §4.
 */
export function encodeDeployKey(seed: Buffer, point: Buffer, comment: string): DeployKey {
  const publicBlob = Buffer.concat([string("ssh-ed25519"), string(point)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([check, check, publicBlob, string(Buffer.concat([seed, point])), string(comment)]);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7].slice(0, (8 - (secret.length % 8)) % 8));
  const oneKey = Buffer.from([0, 0, 0, 1]);
  const head = [Buffer.from("openssh-key-v1\0"), string("none"), string("none"), string(""), oneKey];
  const file = Buffer.concat([...head, string(publicBlob), string(Buffer.concat([secret, padding]))]);
  const lines = file.toString("base64").match(/.{1,70}/g) ?? [];
  const [begin, end] = ["BEGIN", "END"].map((word) => `-----${word} OPENSSH PRIVATE KEY-----`);
  return {
    privateKey: `${[begin, ...lines, end].join("\n")}\n`,
    publicKey: `ssh-ed25519 ${publicBlob.toString("base64")} ${comment}`,
  };
}

/** A string of the SSH wire format: its length, then its bytes. */
function string(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
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
