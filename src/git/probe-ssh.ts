import type { ClientChannel } from "ssh2";
import type { Credential } from "../credential.ts";
import { TallymanError } from "../error.ts";
import type { Revision } from "../revision.ts";
import type { SeenHostKey } from "./known-hosts.ts";
import { lsRefsRequest, readAdvertisement, readLsRefs } from "./ls-refs.ts";
import { FLUSH } from "./pkt-line.ts";
import { askForRef, MAX_ANSWER_BYTES, readPackets, readSection } from "./ref-server.ts";
import type { RemoteUrl } from "./remote-url.ts";
import { authenticationError, connectSsh, execSsh } from "./ssh-connection.ts";

export interface SshProbe {
  readonly remote: RemoteUrl;
  readonly credential: Credential | null;
  readonly trusted: readonly SeenHostKey[];
  readonly wanted: string | null;
}

/**
 * What a ref points to, over SSH: `git-upload-pack` with the same conversation as over HTTP, protocol 2 where the server takes GIT_PROTOCOL.
 * Throws HostKeyUnknown, HostKeyChanged, GitAuthentication, GitNotARepository, GitRefMissing, GitEmptyRepository, GitUnreachable, GitRefused.
 */
export async function probeSsh(probe: SshProbe, signal: AbortSignal): Promise<Revision> {
  const client = await connectSsh(probe.remote, probe.credential, probe.trusted, signal);
  try {
    const command = `git-upload-pack ${quoteForShell(probe.remote.path)}`;
    return await converse(await execSsh(client, command, { GIT_PROTOCOL: "version=2" }), probe);
  } finally {
    client.destroy();
  }
}

/** One word for the server's shell, whatever it holds. */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

async function converse(channel: ClientChannel, probe: SshProbe): Promise<Revision> {
  const complaint = collectComplaint(channel);
  const packets = readPackets(channel as AsyncIterable<Uint8Array>, MAX_ANSWER_BYTES);
  const words = await readSection(packets);
  if (words === null) throw refusal(await complaint, probe);
  const advertisement = readAdvertisement(words);
  const objectFormat = advertisement.version === 2 ? advertisement.objectFormat : null;
  const revision = await askForRef(
    {
      advertisement,
      lsRefs: async (prefixes) => {
        channel.write(lsRefsRequest(prefixes, objectFormat));
        return readLsRefs((await readSection(packets)) ?? []);
      },
    },
    probe.wanted,
  );
  channel.end(FLUSH);
  return revision;
}

/** The first 4 KiB of what the server wrote beside the protocol, once the channel is closed. */
function collectComplaint(channel: ClientChannel): Promise<string> {
  let text = "";
  channel.stderr.on("data", (chunk: Buffer) => {
    if (text.length < 4096) text += chunk.toString("utf8");
  });
  return new Promise((resolve) => channel.on("close", () => resolve(text)));
}

function refusal(complaint: string, probe: SshProbe): TallymanError {
  const { remote, credential } = probe;
  const words = complaint
    .replace(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, 200);
  if (/denied|not authori[sz]ed|forbidden|permission/i.test(complaint)) return authenticationError(remote, credential);
  if (/not found|does not appear|no such|not exist|cannot find|not a git repo/i.test(complaint)) {
    return new TallymanError("GitNotARepository", `there is no Git repository at ${remote.printable} (${words})`, {
      hint: "Check the path; many servers answer the same when the key may not read the repository.",
    });
  }
  return new TallymanError(
    "GitRefused",
    `${remote.printable} did not serve the repository${words === "" ? "" : ` (${words})`}`,
    {
      hint: "Check that this account may run git-upload-pack there.",
    },
  );
}
