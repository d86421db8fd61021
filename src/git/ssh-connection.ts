import { type Client, type ClientChannel, type ServerHostKeyAlgorithm, Client as SshClient } from "ssh2";
import type { Credential } from "../credential.ts";
import { TallymanError } from "../error.ts";
import { withDeadline } from "./deadline.ts";
import { whereToPasteKey } from "./deploy-key.ts";
import { type SeenHostKey, seenHostKey } from "./known-hosts.ts";
import { hostKeyName, type RemoteUrl } from "./remote-url.ts";

/** Without a pinned key the server is asked for its keys in this order. */
const HOST_KEY_TYPES: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

/**
 * Opens an SSH connection whose host key is one of `trusted`; no agent, no password, no other key.
 * Throws HostKeyUnknown, HostKeyChanged, GitAuthentication, GitUnreachable. The caller ends the client.
 */
export function connectSsh(
  remote: RemoteUrl,
  credential: Credential | null,
  trusted: readonly SeenHostKey[],
  signal: AbortSignal,
): Promise<Client> {
  let refusal: TallymanError | undefined;
  const verify = (blob: Buffer) => {
    refusal = hostKeyError(seenHostKey(hostKeyName(remote.host, remote.port), blob), trusted);
    return refusal === undefined;
  };
  return open(
    remote,
    { username: remote.user ?? "", privateKey: credential?.secret },
    algorithmsFor(trusted),
    verify,
    signal,
    (error) => refusal ?? connectionError(error, remote, credential),
  );
}

/** What a server's host key is, before anyone vouched for it. Throws GitUnreachable, GitTimeout. */
export async function learnHostKey(
  host: string,
  port: number,
  signal: AbortSignal,
  deadlineMs = 15_000,
): Promise<SeenHostKey> {
  const name = hostKeyName(host, port);
  const remote = { host, port, printable: `ssh://${host}:${port}`, user: "git", path: "" };
  return withDeadline(`asking ${name} for its host key`, deadlineMs, signal, async (within) => {
    let seen: SeenHostKey | undefined;
    const verify = (blob: Buffer) => {
      seen = seenHostKey(name, blob);
      return false;
    };
    const failure = await open(
      remote,
      { username: "git", privateKey: undefined },
      HOST_KEY_TYPES,
      verify,
      within,
      (error) => connectionError(error, remote, null),
    ).then(
      (client) => void client.end(),
      (error: unknown) => error,
    );
    if (seen) return seen;
    throw failure;
  });
}

/** Runs one command on the server; `environment` is offered and may be ignored. */
export function execSsh(
  client: Client,
  command: string,
  environment: Readonly<Record<string, string>>,
): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, { env: { ...environment } }, (error, channel) => {
      if (error) reject(new TallymanError("GitRefused", "the SSH server runs no command", { cause: error }));
      else resolve(channel);
    });
  });
}

type Endpoint = Pick<RemoteUrl, "host" | "port" | "printable" | "user" | "path">;

function open(
  remote: Endpoint,
  login: { readonly username: string; readonly privateKey: string | undefined },
  serverHostKey: readonly ServerHostKeyAlgorithm[],
  hostVerifier: (blob: Buffer) => boolean,
  signal: AbortSignal,
  explain: (error: unknown) => TallymanError,
): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new SshClient();
    const fail = (error: unknown) => {
      reject(explain(error));
      client.destroy();
    };
    signal.addEventListener("abort", () => client.destroy(), { once: true });
    client.on("ready", () => resolve(client));
    // Stays for the whole life of the client: an error without a listener would end the process.
    client.on("error", fail);
    client.on("close", () => fail(new Error("the connection was closed")));
    try {
      client.connect({
        host: remote.host.replace(/^\[|\]$/g, ""),
        port: remote.port,
        username: login.username,
        ...(login.privateKey === undefined ? {} : { privateKey: login.privateKey }),
        hostVerifier,
        algorithms: { serverHostKey: [...serverHostKey] },
        readyTimeout: 0,
        authHandler: login.privateKey === undefined ? ["none"] : ["publickey"],
      });
    } catch (error) {
      fail(error);
    }
  });
}

/** What is pinned is asked for first; else a server with several keys would show one that nobody has seen. */
function algorithmsFor(trusted: readonly SeenHostKey[]): readonly ServerHostKeyAlgorithm[] {
  const types = new Set(trusted.map((known) => known.type));
  const wanted = HOST_KEY_TYPES.filter((type) => types.has(type.startsWith("rsa-") ? "ssh-rsa" : type));
  return [...wanted, ...HOST_KEY_TYPES.filter((type) => !wanted.includes(type))];
}

function hostKeyError(seen: SeenHostKey, trusted: readonly SeenHostKey[]): TallymanError | undefined {
  if (trusted.some((known) => known.type === seen.type && known.key === seen.key)) return undefined;
  // Without the brackets of known_hosts, which a shell would take for a pattern.
  const accept = `tallyman host-key accept ${seen.host.replace(/^\[([^:\]]+)\]/, "$1")} ${seen.fingerprint}`;
  if (trusted.length === 0) {
    return new TallymanError(
      "HostKeyUnknown",
      `nobody has vouched for ${seen.host} yet; its host key is ${seen.type} ${seen.fingerprint}`,
      {
        hint: `Compare the fingerprint with the one that the server's operator publishes, then run: ${accept}`,
      },
    );
  }
  const pinned = trusted.map((known) => `${known.type} ${known.fingerprint}`).join(" or ");
  return new TallymanError(
    "HostKeyChanged",
    `${seen.host} shows the host key ${seen.type} ${seen.fingerprint}, but ${pinned} is pinned`,
    {
      hint: `Someone may be in between, so nothing was sent. Only if the server's operator confirms the change, run: ${accept}`,
    },
  );
}

function connectionError(error: unknown, remote: Endpoint, credential: Credential | null): TallymanError {
  const level = error instanceof Error && "level" in error ? String(error.level) : "";
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (level === "client-authentication") return authenticationError(remote, credential);
  if (error instanceof Error && /privateKey|parse|passphrase/i.test(error.message)) {
    return new TallymanError("GitAuthentication", "the stack's private key cannot be read", {
      hint: "Give it in OpenSSH format without a passphrase.",
    });
  }
  const what = /NOTFOUND|EAI_AGAIN/.test(code)
    ? "has a host name that cannot be resolved"
    : /REFUSED/.test(code)
      ? "refused the connection"
      : "cannot be reached over SSH";
  return new TallymanError("GitUnreachable", `${remote.printable} ${what}`, {
    hint: "Check host and port, the network and any firewall; it is tried again at the next poll.",
    cause: error,
  });
}

/** Also for a server that lets the key in but not to this repository. */
export function authenticationError(
  remote: Pick<RemoteUrl, "host" | "printable" | "path">,
  credential: Credential | null,
): TallymanError {
  const where = whereToPasteKey(remote.host, remote.path);
  const hint = credential?.publicKey
    ? `Add this public key, read-only, at ${where}: ${credential.publicKey}`
    : credential
      ? "Check that this key may read the repository."
      : "Give the stack a deploy key or an SSH key.";
  return new TallymanError(
    "GitAuthentication",
    `${remote.printable} did not accept ${credential ? "the stack's key" : "a login without a key"}`,
    { hint },
  );
}
