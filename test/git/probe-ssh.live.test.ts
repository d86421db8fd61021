import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { spawn } from "node:child_process";
import type { AddressInfo } from "node:net";
import ssh2 from "ssh2";
import type { Credential } from "../../src/credential.ts";
import { TallymanError } from "../../src/error.ts";
import { withDeadline } from "../../src/git/deadline.ts";
import { generateDeployKey } from "../../src/git/deploy-key.ts";
import { seenHostKey } from "../../src/git/known-hosts.ts";
import { probeSsh, type SshProbe } from "../../src/git/probe-ssh.ts";
import { parseRemoteUrl } from "../../src/git/remote-url.ts";
import { learnHostKey } from "../../src/git/ssh-connection.ts";
import { createSshKey, type GitSshServer, serveGitOverSsh } from "../support/git-ssh.ts";
import { createRepository, type TestRepository } from "../support/repository.ts";
import { temporaryDirectory } from "../support/temporary.ts";

setDefaultTimeout(120_000);

const directory = temporaryDirectory("probe-ssh");
const deployKey = generateDeployKey("tallyman-shop");
let repository: TestRepository;
let head = "";
let ssh: GitSshServer;

beforeAll(async () => {
  repository = await createRepository(directory.path);
  head = await repository.commit({ "compose.yaml": "services: {}\n" }, "First");
  await createRepository(directory.path, "empty");
  await createRepository(directory.path, "it's; $(touch pwned)");
  ssh = await serveGitOverSsh({ root: directory.path });
  ssh.authorize(deployKey.publicKey);
});

afterAll(async () => {
  await ssh.stop();
  directory.remove();
});

const credentialOf = (secret: string, publicKey: string | null): Credential => ({
  kind: "deploy-key",
  host: `127.0.0.1:${ssh.port}`,
  username: "git",
  secret,
  publicKey,
});

const pinned = () => ssh.hostKeys.map((key) => ({ ...key, host: ssh.host }));

const probe = (url: string, options: Partial<SshProbe> = {}, deadlineMs = 20_000) =>
  withDeadline("the probe", deadlineMs, new AbortController().signal, (signal) =>
    probeSsh(
      {
        remote: parseRemoteUrl(url),
        credential: credentialOf(deployKey.privateKey, deployKey.publicKey),
        trusted: pinned(),
        wanted: null,
        ...options,
      },
      signal,
    ),
  );

const failure = async (asking: Promise<unknown>): Promise<TallymanError> => {
  const thrown = await asking.then(
    (value) => new Error(`it answered ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (thrown instanceof TallymanError) return thrown;
  throw thrown;
};

describe("an answer", () => {
  test("comes to a generated deploy key", async () => {
    expect(await probe(ssh.url())).toEqual({ commit: head, ref: "refs/heads/main" });
    expect(await probe(ssh.url(), { wanted: "main" })).toEqual({ commit: head, ref: "refs/heads/main" });
  });

  test.each(["ed25519", "ecdsa", "rsa"])("comes to a given %s key", async (type) => {
    const key = await createSshKey(directory.path, `given-${type}`, type);
    ssh.authorize(key.publicKey);
    expect((await probe(ssh.url(), { credential: credentialOf(key.privateKey, null) })).commit).toBe(head);
  });

  test("comes when only the server's second host key is pinned", async () => {
    const trusted = pinned().filter((key) => key.type.startsWith("ecdsa"));
    expect((await probe(ssh.url(), { trusted })).commit).toBe(head);
  });
});

test("a server that ignores GIT_PROTOCOL is understood in version 0", async () => {
  const hostKey = await createSshKey(directory.path, "old-server");
  const old = serveOldGit(hostKey.privateKey, repository.path);
  const blob = Buffer.from(hostKey.publicKey.split(" ")[1] ?? "", "base64");
  const port = await old.port;
  const options = { trusted: [seenHostKey(`[127.0.0.1]:${port}`, blob)] };
  expect(await probe(`ssh://git@127.0.0.1:${port}/any`, options)).toEqual({ commit: head, ref: "refs/heads/main" });
  expect((await failure(probe(`ssh://git@127.0.0.1:${port}/any`, { ...options, wanted: "no" }))).reason).toBe(
    "GitRefMissing",
  );
  await old.stop();
});

describe("a refusal", () => {
  test("shows an unknown host's fingerprint and the command that accepts it", async () => {
    const error = await failure(probe(ssh.url(), { trusted: [] }));
    const fingerprint = ssh.hostKeys.find((key) => key.type === "ssh-ed25519")?.fingerprint ?? "none";
    expect(error.reason).toBe("HostKeyUnknown");
    expect(error.message).toContain(fingerprint);
    expect(error.hint).toContain(`tallyman host-key accept 127.0.0.1:${ssh.port} ${fingerprint}`);
  });

  test("shows both fingerprints when the host key changed", async () => {
    const before = pinned();
    await ssh.replaceHostKeys();
    const logins = ssh.log().split("Accepted publickey").length;
    const error = await failure(probe(ssh.url(), { trusted: before }));
    expect(error.reason).toBe("HostKeyChanged");
    expect(error.message).toContain(before[0]?.fingerprint ?? "none");
    expect(error.message).toContain(ssh.hostKeys[0]?.fingerprint ?? "none");
    expect(ssh.log().split("Accepted publickey")).toHaveLength(logins);
  });

  test("shows the public key to paste when the server does not know it", async () => {
    const other = generateDeployKey("tallyman-other");
    const error = await failure(probe(ssh.url(), { credential: credentialOf(other.privateKey, other.publicKey) }));
    expect(error.reason).toBe("GitAuthentication");
    expect(error.hint).toContain(other.publicKey);
    expect(error.hint + error.message).not.toContain("PRIVATE");
  });

  test("tells a private key that cannot be read", async () => {
    expect((await failure(probe(ssh.url(), { credential: credentialOf("rubbish", null) }))).reason).toBe(
      "GitAuthentication",
    );
  });

  test("asks for a key where there is none", async () => {
    expect((await failure(probe(ssh.url(), { credential: null }))).reason).toBe("GitAuthentication");
  });

  test("tells that there is no repository", async () => {
    expect((await failure(probe(ssh.url("nowhere")))).reason).toBe("GitNotARepository");
  });

  test("tells an empty repository and a missing branch", async () => {
    expect((await failure(probe(ssh.url("empty")))).reason).toBe("GitEmptyRepository");
    expect((await failure(probe(ssh.url(), { wanted: "mian" }))).hint).toContain("main");
  });

  test("tells a port where nobody listens", async () => {
    expect((await failure(probe("ssh://git@127.0.0.1:1/a.git"))).reason).toBe("GitUnreachable");
  });

  test("tells a server that is no SSH server", async () => {
    const http = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("hello") });
    const error = await failure(probe(`ssh://git@127.0.0.1:${http.port}/a.git`));
    await http.stop(true);
    expect(error.reason).toBe("GitUnreachable");
  });
});

test("a server that accepts and stays silent meets the deadline", async () => {
  const silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const error = await failure(probe(`ssh://git@127.0.0.1:${silent.port}/a.git`, {}, 400));
  silent.stop(true);
  expect(error.reason).toBe("GitTimeout");
});

test("a path with quotes and commands stays one word on the server", async () => {
  const path = `${directory.path}/it's;%20$(touch%20pwned).git`;
  const remote = { ...parseRemoteUrl(`ssh://git@127.0.0.1:${ssh.port}/a`), path: decodeURIComponent(path) };
  const user = parseRemoteUrl(ssh.url()).user;
  const error = await failure(probe(ssh.url(), { remote: { ...remote, user } }));
  expect(error.reason).toBe("GitEmptyRepository");
});

test("a host key is learnt from the server as ssh-keygen prints it", async () => {
  const seen = await learnHostKey("127.0.0.1", ssh.port, new AbortController().signal);
  expect([seen]).toEqual(pinned().filter((key) => key.type === "ssh-ed25519"));
  expect((await failure(learnHostKey("127.0.0.1", 1, new AbortController().signal))).reason).toBe("GitUnreachable");
});

/** An SSH server that lets everybody in and serves one repository, whatever is asked for, without protocol 2. */
function serveOldGit(hostKey: string, repositoryPath: string) {
  const listening = Promise.withResolvers<number>();
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on("error", () => {});
    client.on("authentication", (context) => context.accept());
    client.on("session", (acceptSession) => {
      acceptSession().on("exec", (acceptExec) => {
        const channel = acceptExec();
        const child = spawn("git", ["-c", "safe.directory=*", "upload-pack", repositoryPath]);
        child.stdin.on("error", () => {});
        channel.pipe(child.stdin);
        child.stdout.pipe(channel);
      });
    });
  });
  server.listen(0, "127.0.0.1", () => listening.resolve((server.address() as AddressInfo).port));
  return { port: listening.promise, stop: () => new Promise((resolve) => server.close(resolve)) };
}
