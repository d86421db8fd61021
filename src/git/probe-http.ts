import type { Credential } from "../credential.ts";
import { TallymanError } from "../error.ts";
import type { Revision } from "../revision.ts";
import { connectionError, contentTypeError, statusError } from "./http-error.ts";
import { lsRefsRequest, readAdvertisement, readLsRefs } from "./ls-refs.ts";
import type { Packet } from "./pkt-line.ts";
import { askForRef, MAX_ANSWER_BYTES, readPackets, readSection } from "./ref-server.ts";
import { parseRemoteUrl, type RemoteUrl } from "./remote-url.ts";

export interface HttpProbe {
  readonly remote: RemoteUrl;
  /** Sent only to `credential.host`. */
  readonly credential: Credential | null;
  readonly wanted: string | null;
  /** PEM bundle of the authorities to trust; null: the ones built into the program. */
  readonly authorities: string | null;
}

const SERVICE = "/info/refs?service=git-upload-pack";
const MAX_REDIRECTS = 5;

/**
 * What a ref points to, over HTTP(S): the smart protocol, version 2 with fallback to 0 and 1; no objects are transferred.
 * Throws GitUnreachable (with `retryAfterMs`), GitAuthentication, GitNotARepository, GitRefMissing, GitEmptyRepository, GitRefused.
 * Source: gitprotocol-http(5), gitprotocol-v2(5).
 */
export async function probeHttp(probe: HttpProbe, signal: AbortSignal): Promise<Revision> {
  const { response, remote } = await getAdvertisement(probe, signal);
  const advertisement = readAdvertisement(await readFirstWords(packetsOf(response), remote));
  const objectFormat = advertisement.version === 2 ? advertisement.objectFormat : null;
  const server = {
    advertisement,
    lsRefs: async (prefixes: readonly string[]) => {
      const answer = await postLsRefs(probe, remote, lsRefsRequest(prefixes, objectFormat), signal);
      return readLsRefs((await readSection(packetsOf(answer))) ?? []);
    },
  };
  return askForRef(server, probe.wanted);
}

/** Follows redirects by hand: each place is checked like a URL that was typed in, and gets the credential only if bound to it. */
async function getAdvertisement(probe: HttpProbe, signal: AbortSignal) {
  let remote = probe.remote;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await request(probe, remote, SERVICE, { headers: { accept: "*/*" } }, signal);
    if (response.status < 300 || response.status > 399) {
      await check(response, probe, remote, "application/x-git-upload-pack-advertisement");
      return { response, remote };
    }
    await response.body?.cancel();
    remote = redirected(remote, response.headers.get("location"));
  }
  throw new TallymanError("GitRefused", `${probe.remote.printable} redirects more than ${MAX_REDIRECTS} times`, {
    hint: "Use the repository's final URL.",
  });
}

async function postLsRefs(probe: HttpProbe, remote: RemoteUrl, body: string, signal: AbortSignal): Promise<Response> {
  const headers = {
    accept: "application/x-git-upload-pack-result",
    "content-type": "application/x-git-upload-pack-request",
  };
  const response = await request(probe, remote, "/git-upload-pack", { method: "POST", headers, body }, signal);
  await check(response, probe, remote, "application/x-git-upload-pack-result");
  return response;
}

async function request(
  probe: HttpProbe,
  remote: RemoteUrl,
  suffix: string,
  init: { method?: string; headers: Record<string, string>; body?: string },
  signal: AbortSignal,
): Promise<Response> {
  // Identity encoding: what is counted against the cap is what was sent, so no small answer can unfold into a large one.
  const headers = {
    ...init.headers,
    ...authorization(probe.credential, remote),
    "git-protocol": "version=2",
    "user-agent": "git/2.40 (Tallyman)",
    "accept-encoding": "identity",
  };
  const tls = probe.authorities === null ? {} : { tls: { ca: probe.authorities } };
  try {
    return await fetch(remote.printable + suffix, {
      ...init,
      ...tls,
      headers,
      redirect: "manual",
      decompress: false,
      signal,
    });
  } catch (thrown) {
    throw connectionError(thrown, remote.printable);
  }
}

function authorization(credential: Credential | null, remote: RemoteUrl): Record<string, string> {
  if (credential?.kind !== "https-token" || credential.host !== remote.credentialHost) return {};
  const pair = Buffer.from(`${credential.username || "git"}:${credential.secret}`).toString("base64");
  return { authorization: `Basic ${pair}` };
}

async function check(response: Response, probe: HttpProbe, remote: RemoteUrl, wantedType: string): Promise<void> {
  const sent = probe.credential?.host === remote.credentialHost;
  const error =
    statusError(response, remote.printable, redirectNote(probe, remote), sent) ??
    typeError(response, remote, wantedType);
  if (!error) return;
  await response.body?.cancel();
  throw error;
}

function typeError(response: Response, remote: RemoteUrl, wantedType: string): TallymanError | null {
  const type = response.headers.get("content-type");
  return type?.split(";")[0]?.trim() === wantedType ? null : contentTypeError(type, remote.printable);
}

/** Says why a credential was not sent, where that is the likely cause. */
function redirectNote(probe: HttpProbe, remote: RemoteUrl): string {
  if (!probe.credential || probe.credential.host === remote.credentialHost) return "";
  return `; ${probe.remote.printable} redirects there and the credential is only for ${probe.credential.host}`;
}

function redirected(from: RemoteUrl, location: string | null): RemoteUrl {
  const target = location === null ? null : URL.parse(location, from.printable + SERVICE);
  const base = target?.href.endsWith(SERVICE) ? target.href.slice(0, -SERVICE.length) : null;
  if (target && from.transport === "https" && target.protocol !== "https:") {
    throw redirectError(from, "redirects away from https");
  }
  if (base === null) throw redirectError(from, "redirects to a page that is not a Git repository");
  try {
    const remote = parseRemoteUrl(base);
    if (remote.transport !== "ssh") return remote;
  } catch {
    // The place is not one that may be typed in either.
  }
  throw redirectError(from, "redirects to an address that is not allowed");
}

function redirectError(from: RemoteUrl, what: string): TallymanError {
  return new TallymanError("GitRefused", `${from.printable} ${what}`, {
    hint: "Check that the URL is the repository's clone URL.",
  });
}

function packetsOf(response: Response): AsyncIterator<Packet, void> {
  return readPackets(bodyOf(response), MAX_ANSWER_BYTES);
}

async function* bodyOf(response: Response): AsyncGenerator<Uint8Array, void> {
  if (!response.body) return;
  try {
    yield* response.body;
  } catch (thrown) {
    throw connectionError(thrown, response.url.replace(/\?.*$/, ""));
  }
}

/** The first section; over HTTP most servers put a line with the service's name before it. */
async function readFirstWords(packets: AsyncIterator<Packet, void>, remote: RemoteUrl): Promise<readonly string[]> {
  const first = await readSection(packets);
  const words = first?.[0]?.startsWith("# service=") ? await readSection(packets) : first;
  await packets.return?.();
  if (first === null) throw contentTypeError(null, remote.printable);
  return words ?? [];
}
