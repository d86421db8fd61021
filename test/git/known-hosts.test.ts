import { expect, test } from "bun:test";
import type { HostKey } from "../../src/credential.ts";
import { FORGE_HOST_KEYS, knownHostsFile, seenHostKey, trustedKeys } from "../../src/git/known-hosts.ts";

/** As the forges publish them; see src/git/known-hosts.ts for where. */
const PUBLISHED = {
  "github.com ssh-ed25519": "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU",
  "github.com ecdsa-sha2-nistp256": "SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM",
  "gitlab.com ssh-ed25519": "SHA256:eUXGGm1YGsMAS7vkcx6JOJdOGHPem5gQp4taiCfCLB8",
  "gitlab.com ecdsa-sha2-nistp256": "SHA256:HbW3g8zUjNSksFbqTiUWPWg2Bq1x8xdGUrliXFzSnUw",
  "bitbucket.org ssh-ed25519": "SHA256:ybgmFkzwOSotHTHLJgHO0QN8L0xErw6vd0VhFA9m3SM",
  "bitbucket.org ecdsa-sha2-nistp256": "SHA256:FC73VB6C4OQLSCrjEayhMp9UMxS97caD/Yyi2bhW/J0",
  "codeberg.org ssh-ed25519": "SHA256:mIlxA9k46MmM6qdJOdMnAQpzGxF4WIVVL+fj+wZbw0g",
  "codeberg.org ecdsa-sha2-nistp256": "SHA256:T9FYDEHELhVkulEKKwge5aVhVTbqCW0MIRwAfpARs/E",
};

const pinned: HostKey = {
  host: "github.com",
  type: "ssh-ed25519",
  key: "AAAA",
  fingerprint: "SHA256:x",
  addedBy: "me",
  addedAt: "2026-01-01T00:00:00Z",
};

test("the forge keys in the box bear the published fingerprints", () => {
  expect(Object.fromEntries(FORGE_HOST_KEYS.map((key) => [`${key.host} ${key.type}`, key.fingerprint]))).toEqual(
    PUBLISHED,
  );
});

test("a key's type is the one inside it", () => {
  for (const known of FORGE_HOST_KEYS) expect(seenHostKey(known.host, Buffer.from(known.key, "base64"))).toEqual(known);
});

test("an operator's pin replaces the box for that host", async () => {
  const book = { keysOf: async (host: string) => (host === "github.com" ? [pinned] : []) };
  expect(await trustedKeys(book, "github.com")).toEqual([pinned]);
  expect((await trustedKeys(book, "gitlab.com")).map((key) => key.type)).toEqual([
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
  ]);
  expect(await trustedKeys(book, "evil.gitlab.com")).toEqual([]);
});

test("a known_hosts file has a line for each key", () => {
  expect(knownHostsFile([pinned, { ...pinned, host: "[h]:2222" }])).toBe(
    "github.com ssh-ed25519 AAAA\n[h]:2222 ssh-ed25519 AAAA\n",
  );
});
