import { expect, test } from "bun:test";
import { parseRemoteUrl } from "../../src/git/remote-url.ts";
import { complaintOf } from "../../src/git/worker-complaint.ts";

const remote = parseRemoteUrl("https://h.test/a");
const complaint = (stderr: string, secrets: readonly string[] = []) =>
  complaintOf({ exitCode: 128, stdout: "", stderr }, remote, secrets);

test.each([
  ["fatal: couldn't find remote ref refs/heads/x", "missing", "GitRefMissing"],
  ["error: Server does not allow request for unadvertised object 1234", "missing", "GitRefMissing"],
  ["fatal: remote error: upload-pack: not our ref 1234", "missing", "GitRefMissing"],
  ["fatal: Authentication failed for 'https://h.test/a/'", "known", "GitAuthentication"],
  ["git@h.test: Permission denied (publickey).", "known", "GitAuthentication"],
  ["fatal: could not read Username for 'https://h.test': terminal prompts disabled", "known", "GitAuthentication"],
  ["Host key verification failed.", "known", "HostKeyChanged"],
  ["fatal: repository 'https://h.test/a/' not found", "known", "GitNotARepository"],
  ["fatal: unable to access 'https://h.test/a/': Could not resolve host: h.test", "known", "GitUnreachable"],
  ["error: RPC failed; curl 28 Operation too slow.", "known", "GitUnreachable"],
  ["fatal: write error: No space left on device", "known", "DiskFull"],
  [`error: object ${"a".repeat(40)}: hasDotgit: contains '.git'\nfatal: index-pack failed`, "known", "GitRefused"],
  ["fatal: bad object HEAD", "corrupt", "WorkerFailed"],
  ["", "corrupt", "WorkerFailed"],
])("%j is %s, %s", (stderr, kind, reason) => {
  const { kind: told, error } = complaint(stderr);
  expect(`${told} ${error.reason}`).toBe(`${kind} ${reason}`);
});

test("the most telling line is shown, without control characters", () => {
  const { error } = complaint("hint: nothing\nfatal: bad\u001b[31mthing\nwarning: later\n");
  expect(error.message).toBe("git ended with code 128 on https://h.test/a: fatal: bad [31mthing");
});

test("the line that decided is the one that is shown", () => {
  const { error } = complaint(
    `error: object ${"a".repeat(40)}: hasDotgit: contains '.git'\nfatal: index-pack failed\n`,
  );
  expect(error.message).toEndWith("contains '.git')");
});

test("a secret that git repeated is struck out in every spelling", () => {
  const { error } = complaint("fatal: Authentication failed for 'https://me:p%40ss@h.test' and p@ss", ["p@ss"]);
  expect(error.message).not.toMatch(/p@ss|p%40ss/);
  expect(error.message).toContain("***");
});
