import { createHash } from "node:crypto";
import type { HostKey, HostKeyBook } from "../credential.ts";

/**
 * Host keys of the large forges. Their fingerprints are the ones that the forges publish (test/git/known-hosts.test.ts holds those):
 * docs.github.com "GitHub's SSH key fingerprints", docs.gitlab.com "GitLab.com settings", support.atlassian.com "Configure SSH and
 * two-step verification", docs.codeberg.org "Verifying you're connected to Codeberg using SSH fingerprints".
 */
const IN_THE_BOX: readonly (readonly [host: string, type: string, key: string])[] = [
  ["github.com", "ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"],
  [
    "github.com",
    "ecdsa-sha2-nistp256",
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg=",
  ],
  ["gitlab.com", "ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAIAfuCHKVTjquxvt6CM6tdG4SLp1Btn/nOeHHE5UOzRdf"],
  [
    "gitlab.com",
    "ecdsa-sha2-nistp256",
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBFSMqzJeV9rUzU4kWitGjeR4PWSa29SPqJ1fVkhtj3Hw9xjLVXVYrU9QlYWrOLXBpQ6KWjbjTDTdDkoohFzgbEY=",
  ],
  ["bitbucket.org", "ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAIIazEu89wgQZ4bqs3d63QSMzYVa0MuJ2e2gKTKqu+UUO"],
  [
    "bitbucket.org",
    "ecdsa-sha2-nistp256",
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBPIQmuzMBuKdWeF4+a2sjSSpBK0iqitSQ+5BM9KhpexuGt20JpTVM7u5BDZngncgrqDMbWdxMWWOGtZ9UgbqgZE=",
  ],
  ["codeberg.org", "ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAIIVIC02vnjFyL+I4RHfvIGNtOgJMe769VTF1VR4EB3ZB"],
  [
    "codeberg.org",
    "ecdsa-sha2-nistp256",
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBL2pDxWr18SoiDJCGZ5LmxPygTlPu+cCKSkpqkvCyQzl5xmIMeKNdfdBpfbCGDPoZQghePzFZkKJNR/v9Win3Sc=",
  ],
];

/** What a server showed of itself. */
export type SeenHostKey = Pick<HostKey, "host" | "type" | "key" | "fingerprint">;

/** The forge keys that come with Tallyman. */
export const FORGE_HOST_KEYS: readonly SeenHostKey[] = IN_THE_BOX.map(([host, type, key]) => ({
  host,
  type,
  key,
  fingerprint: fingerprintOf(Buffer.from(key, "base64")),
}));

/** The keys that count for a host: the operator's pins alone where there are any, else the ones in the box. */
export async function trustedKeys(book: HostKeyBook, name: string): Promise<readonly SeenHostKey[]> {
  const pinned = await book.keysOf(name);
  return pinned.length > 0 ? pinned : FORGE_HOST_KEYS.filter((known) => known.host === name);
}

/** Lines of a known_hosts file. */
export function knownHostsFile(keys: readonly SeenHostKey[]): string {
  return keys.map(({ host, type, key }) => `${host} ${type} ${key}\n`).join("");
}

/** A server's key as it sent it. Source: RFC 4253 §6.6: a string with the type comes first. */
export function seenHostKey(host: string, blob: Buffer): SeenHostKey {
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  const type = blob.toString("latin1", 4, Math.min(4 + length, blob.length));
  return { host, type, key: blob.toString("base64"), fingerprint: fingerprintOf(blob) };
}

/** `SHA256:…` without padding, as `ssh-keygen -l` prints it. */
export function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}
