import { afterAll, beforeAll, expect, test } from "bun:test";
import { command } from "./command.ts";
import { type GitHttpServer, serveGitOverHttp } from "./git-http.ts";
import { createSshKey, type GitSshServer, serveGitOverSsh } from "./git-ssh.ts";
import { createRepository } from "./repository.ts";
import { temporaryDirectory } from "./temporary.ts";

const directory = temporaryDirectory("git-servers");
let head = "";
let http: GitHttpServer;
let https: GitHttpServer;
let ssh: GitSshServer;

beforeAll(async () => {
  const repository = await createRepository(directory.path);
  head = await repository.commit({ "compose.yaml": "services: {}\n" }, "First");
  http = await serveGitOverHttp({ root: directory.path, auth: { username: "git", password: "s3cret" } });
  https = await serveGitOverHttp({ root: directory.path, tls: true });
  ssh = await serveGitOverSsh({ root: directory.path });
}, 60_000);

afterAll(async () => {
  await http.stop();
  await https.stop();
  await ssh.stop();
  directory.remove();
});

const lsRemote = (url: string, env: Record<string, string> = {}) =>
  command(["git", "ls-remote", url, "refs/heads/main"], {
    env: { GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_GLOBAL: "/dev/null", ...env },
    deadlineMs: 20_000,
  });

test("HTTP serves the right password and no other", async () => {
  const good = await lsRemote(http.url().replace("://", "://git:s3cret@"));
  expect(good.stdout).toContain(head);
  const bad = await lsRemote(http.url().replace("://", "://git:wrong@"));
  expect(bad.code).not.toBe(0);
  expect(http.requests.some((request) => request.authorization === `Basic ${btoa("git:wrong")}`)).toBe(true);
});

test("HTTPS is trusted through its own authority only", async () => {
  expect((await lsRemote(https.url(), { GIT_SSL_CAINFO: https.certificate?.authorityFile ?? "" })).stdout).toContain(
    head,
  );
  expect((await lsRemote(https.url(), { GIT_SSL_CAINFO: "/etc/ssl/certs/ca-certificates.crt" })).code).not.toBe(0);
});

test("a fault meets the requests it was chosen for", async () => {
  const url = http.url().replace("://", "://git:s3cret@");
  http.misbehave({ kind: "html" });
  expect((await lsRemote(url)).stdout).toBe("");
  http.misbehave({ kind: "cut", afterBytes: 20 });
  expect((await lsRemote(url)).code).not.toBe(0);
  http.misbehave({ kind: "status", status: 500 }, (request) => request.method === "POST");
  expect((await lsRemote(url)).code).not.toBe(0);
  http.misbehave(null);
  expect((await lsRemote(url)).code).toBe(0);
});

test("SSH serves an authorized key and no other", async () => {
  const key = await createSshKey(directory.path, "reader");
  const env = {
    GIT_SSH_COMMAND: `ssh -F none -i ${key.file} -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null`,
  };
  expect((await lsRemote(ssh.url(), env)).code).not.toBe(0);
  ssh.authorize(key.publicKey);
  expect((await lsRemote(ssh.url(), env)).stdout).toContain(head);
});

test("host keys can be replaced on the same port", async () => {
  const before = ssh.hostKeys.map((hostKey) => hostKey.fingerprint);
  await ssh.replaceHostKeys();
  for (const hostKey of ssh.hostKeys) expect(before).not.toContain(hostKey.fingerprint);
});
