import { type Reason, TallymanError } from "../error.ts";

/** What an Engine call failed with, whatever the transport threw. */
interface Failure {
  readonly statusCode: number | null;
  readonly code: string;
  readonly text: string;
}

/** A call as far as its failure depends on it. */
export interface FailedCall {
  readonly method: string;
  readonly path: string;
  /** What was being done: "create container web-1". */
  readonly what: string;
}

/** Any failure of an Engine call as a TallymanError: EngineUnreachable, EngineFailed, EngineRefused, ImageUnavailable or DiskFull. */
export function engineError(thrown: unknown, call: FailedCall, dockerHost: string): TallymanError {
  if (thrown instanceof TallymanError) return thrown;
  const { what } = call;
  const failure = readFailure(thrown);
  if (failure.statusCode === null) return unreachable(failure, what, dockerHost, thrown);
  const { reason, hint } = refusal(failure, call);
  return new TallymanError(reason, `${what}: ${sentence(failure.text)}`, { hint, cause: thrown });
}

/** The HTTP status the Engine answered with, or null when there was no answer. */
export function statusOf(thrown: unknown): number | null {
  const cause = thrown instanceof TallymanError ? thrown.cause : thrown;
  return readFailure(cause).statusCode;
}

/** The Engine's own words, without the transport's. */
export function engineText(thrown: unknown): string {
  const cause = thrown instanceof TallymanError && thrown.cause !== undefined ? thrown.cause : thrown;
  return readFailure(cause).text;
}

function readFailure(thrown: unknown): Failure {
  const error = (typeof thrown === "object" && thrown !== null ? thrown : {}) as {
    statusCode?: number;
    code?: string;
    message?: string;
    json?: { message?: string } | null;
  };
  const message = error.message ?? String(thrown);
  return {
    statusCode: error.statusCode ?? null,
    code: error.code ?? "",
    text: (error.json?.message ?? message.replace(/^\(HTTP code \d+\) .*? - /, "")).trim(),
  };
}

function unreachable(failure: Failure, what: string, dockerHost: string, cause: unknown): TallymanError {
  const denied = failure.code === "EACCES" || failure.code === "EPERM";
  return new TallymanError(
    "EngineUnreachable",
    `${what}: ${denied ? `no permission to use the Docker Engine at ${dockerHost}` : `the Docker Engine at ${dockerHost} can't be reached`} (${failure.code || failure.text}).`,
    {
      hint: denied
        ? "Run as root, or add this user to the docker group: `usermod -aG docker USER`, then log in again."
        : "Is Docker running? Try `systemctl start docker`, or say where it listens with --docker-host or DOCKER_HOST.",
      cause,
    },
  );
}

interface Refusal {
  readonly reason: Reason;
  readonly hint: string;
}

const REFUSALS: readonly (Refusal & { readonly pattern: RegExp })[] = [
  {
    pattern: /no space left on device|disk quota exceeded/i,
    reason: "DiskFull",
    hint: "Free space on the Engine's disk (`docker system df`, `docker image prune`), then retry.",
  },
  {
    // Rules of the host's firewall that the Engine could not set: nothing that a Compose file has a part in.
    pattern: /iptables failed|failed to set ?up ip tables/i,
    reason: "EngineFailed",
    hint: "It is tried again; when it stays, restart the Docker Engine, which makes its firewall rules anew.",
  },
  {
    pattern: /client version .* is too/i,
    reason: "EngineFailed",
    hint: "The Engine was exchanged for another version meanwhile; it is spoken to in that one from now on.",
  },
  {
    // Asked for by ids of a moment ago.
    pattern:
      /^no such container|marked for removal|removal of container .* is already in progress|^network [0-9a-f]{64} not found/i,
    reason: "EngineFailed",
    hint: "Somebody else removed it meanwhile; what is there now is looked at anew.",
  },
  {
    pattern: /no such image/i,
    reason: "ImageUnavailable",
    hint: "Pull or build the image first, and check its name and tag.",
  },
  {
    // Of an address inside a network, which the Engine writes with a capital letter; a port's holder is another matter.
    pattern: /(^|: )Address already in use/,
    reason: "EngineRefused",
    hint: "Another container has this fixed address (`docker network inspect` names it): stop that one, or give the service another address.",
  },
  {
    pattern: /port is already allocated|address already in use|ports are not available/i,
    reason: "EngineRefused",
    hint: "Find who holds the port (`docker ps`, `ss -ltnp`), then stop it or publish another one.",
  },
  {
    pattern: /container name .* is already in use/i,
    reason: "EngineRefused",
    hint: "Remove or rename the container that bears this name, or give the service another container_name.",
  },
  {
    pattern: /pool overlaps|non-overlapping IPv4 address pool/i,
    reason: "EngineRefused",
    hint: "Remove networks that nobody uses (`docker network prune`), or give the network a subnet of its own.",
  },
  {
    pattern: /cannot start a paused container/i,
    reason: "EngineRefused",
    hint: "Let it go on with `docker unpause` and its name, or see who paused it and why.",
  },
  {
    pattern: /bind source path does not exist/i,
    reason: "EngineRefused",
    hint: "Create the path on the host, or correct it in the Compose file.",
  },
];

/** Only these bear what a Compose file asks for; every other call reads, or puts away, what is there. */
const ASKS_FOR =
  /^\/(build|containers\/create|images\/create|networks\/create|volumes\/create|exec\/|(containers|networks)\/[^/]+\/(start|update|kill|exec|archive|connect))/;

/** An Engine that can't do what it was asked to, because of what it stands on itself. */
const OWN_TROUBLE =
  /^$|internal server error|context (deadline exceeded|canceled)|transport is closing|ttrpc: (server )?closed|containerd\.sock|code = unavailable|too many open files|input\/output error|shutting down/i;

function refusal(failure: Failure, call: FailedCall): Refusal {
  const known = REFUSALS.find(({ pattern }) => pattern.test(failure.text));
  if (known) return known;
  if (isOwnTrouble(failure, call))
    return {
      reason: "EngineFailed",
      hint: "It is tried again; when it stays, see the Engine's log (`journalctl -u docker`) and restart it.",
    };
  return { reason: "EngineRefused", hint: "The text is the Docker Engine's own; its log may say more." };
}

/** A 500 may well be the file's fault (a mount that can't be made, a user that is not there): the words and the call decide. */
function isOwnTrouble({ statusCode, text }: Failure, { method, path }: FailedCall): boolean {
  if (statusCode === 502 || statusCode === 503 || statusCode === 504) return true;
  return statusCode === 500 && (OWN_TROUBLE.test(text) || method === "GET" || !ASKS_FOR.test(path));
}

function sentence(text: string): string {
  if (text === "") return "the Engine failed without a word.";
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
