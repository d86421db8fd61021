import { describe, expect, test } from "bun:test";
import type { Credential } from "../../src/credential.ts";
import { checkoutJob, fetchFiles, fetchJob, infoJob } from "../../src/git/git-job.ts";
import { parseRemoteUrl } from "../../src/git/remote-url.ts";

const COMMIT = "a".repeat(40);
const user = { uid: 65532, gid: 65532 };
const local = { stackName: "shop", commit: COMMIT, mirror: "/root/mirror.git", user, deadlineMs: 1000 };

const credential = (kind: Credential["kind"], secret: string): Credential => ({
  kind,
  host: "h.test",
  username: "me@x",
  secret,
  publicKey: null,
});

const fetchOf = (url: string) =>
  fetchJob({ ...local, remote: parseRemoteUrl(url), source: COMMIT, secrets: "/run/tallyman/x" });

const filesOf = (url: string, given: Credential | null) =>
  fetchFiles({ remote: parseRemoteUrl(url), credential: given, trusted: [], authorities: "PEM\n", user });

describe("the fetch", () => {
  test("allows its own transport and no other", () => {
    for (const [url, transport] of [
      ["https://h.test/a", "https"],
      ["http://h.test/a", "http"],
      ["git@h.test:a", "ssh"],
    ] as const) {
      const allowed = fetchOf(url).argv.filter((word) => word.startsWith("protocol."));
      expect(allowed).toEqual(["protocol.allow=never", `protocol.${transport}.allow=always`]);
    }
  });

  test("puts operands after the double dash", () => {
    const { argv } = fetchOf("https://h.test/a");
    expect(argv.slice(argv.indexOf("--"))).toEqual(["--", "https://h.test/a", `+${COMMIT}:refs/tallyman/${COMMIT}`]);
  });

  test("sees the mirror and the secrets, the latter read-only", () => {
    expect(fetchOf("https://h.test/a").mounts.map(({ hostPath, readOnly }) => [hostPath, readOnly])).toEqual([
      ["/root/mirror.git", false],
      ["/run/tallyman/x", true],
      ["/run/tallyman/x/passwd", true],
    ]);
  });

  test("finds a token written for its own scheme and host only", () => {
    const files = filesOf("https://h.test:8443/a/b.git", credential("https-token", "p@ss/w rd"));
    expect(files["token"]).toBe("https://me%40x:p%40ss%2Fw%20rd@h.test:8443\n");
    expect(Object.keys(files).sort()).toEqual(["authorities.pem", "passwd", "token"]);
  });

  test("finds a key that ends in a newline", () => {
    expect(filesOf("git@h.test:a", credential("ssh-key", "PEM"))["key"]).toBe("PEM\n");
  });

  test("finds no credential where there is none", () => {
    expect(Object.keys(filesOf("https://h.test/a", null))).toEqual(["passwd", "authorities.pem"]);
    expect(Object.keys(filesOf("git@h.test:a", null))).toEqual(["passwd", "known_hosts"]);
  });
});

test("what needs no remote has no network, no credential and cannot write the mirror", () => {
  for (const job of [infoJob(local), checkoutJob({ ...local, checkout: "/root/staging/x" })]) {
    expect(job.network).toBe(false);
    expect(job.mounts[0]).toEqual({ hostPath: "/root/mirror.git", path: "/tallyman/mirror", readOnly: true });
    expect(job.argv).toContain("protocol.allow=never");
    expect(job.argv).toContain("core.hooksPath=/dev/null");
    expect(JSON.stringify(job)).not.toContain("secrets");
  }
});
