import type { Credential } from "../credential.ts";
import type { WorkerJob } from "../worker.ts";
import { knownHostsFile, type SeenHostKey } from "./known-hosts.ts";
import type { RemoteUrl } from "./remote-url.ts";
import type { WorkerUser } from "./worker-user.ts";

/** Where things lie inside a worker. */
const INSIDE = { mirror: "/tallyman/mirror", secrets: "/tallyman/secrets", checkout: "/tallyman/checkout" } as const;

/** Ref under which a fetched commit is kept in the mirror. */
export function mirrorRef(commit: string): string {
  return `refs/tallyman/${commit}`;
}

export interface FetchJob {
  readonly stackName: string;
  readonly remote: RemoteUrl;
  /** What to ask for: a commit, or a ref. */
  readonly source: string;
  readonly commit: string;
  readonly mirror: string;
  readonly secrets: string;
  readonly user: WorkerUser;
  readonly deadlineMs: number;
}

/** Fetches one commit, depth 1, into the mirror. The only job with a network and a credential. */
export function fetchJob(job: FetchJob): WorkerJob {
  const settings = [...COMMON, ...transportSettings(job.remote)];
  const options = [
    "--depth=1",
    "--no-tags",
    "--no-recurse-submodules",
    "--no-write-fetch-head",
    "--no-auto-gc",
    "--no-progress",
  ];
  const refspec = `+${job.source}:${mirrorRef(job.commit)}`;
  return {
    name: `fetch ${job.stackName}`,
    argv: [...git(settings), "fetch", ...options, "--", job.remote.printable, refspec],
    environment: ENVIRONMENT,
    mounts: [
      { hostPath: job.mirror, path: INSIDE.mirror, readOnly: false },
      { hostPath: job.secrets, path: INSIDE.secrets, readOnly: true },
      // ssh wants to know its user by name, and the image has never heard of this uid.
      { hostPath: `${job.secrets}/passwd`, path: "/etc/passwd", readOnly: true },
    ],
    network: true,
    deadlineMs: job.deadlineMs,
    user: `${job.user.uid}:${job.user.gid}`,
  };
}

/** The files that a fetch reads: one credential at most, the host keys, the authorities. */
export function fetchFiles(request: {
  readonly remote: RemoteUrl;
  readonly credential: Credential | null;
  readonly trusted: readonly SeenHostKey[];
  readonly authorities: string;
  readonly user: WorkerUser;
}): Readonly<Record<string, string>> {
  const { remote, credential, user } = request;
  const passwd = `worker:x:${user.uid}:${user.gid}::/tmp:/bin/sh\n`;
  if (remote.transport === "ssh") {
    const files = { passwd, known_hosts: knownHostsFile(request.trusted) };
    return credential === null ? files : { ...files, key: `${credential.secret.trimEnd()}\n` };
  }
  const files = { passwd, "authorities.pem": request.authorities };
  return credential === null ? files : { ...files, token: tokenLine(remote, credential) };
}

/** Writes the tree of one commit into `checkout`/tree. No network, no credential, and the mirror can only be read. */
export function checkoutJob(job: LocalJob & { readonly checkout: string }): WorkerJob {
  return {
    ...localJob(
      job,
      "checkout",
      ["--work-tree", `${INSIDE.checkout}/tree`],
      ["read-tree", "--reset", "-u", job.commit],
    ),
    environment: { ...ENVIRONMENT, GIT_INDEX_FILE: `${INSIDE.checkout}/index` },
    mounts: [mirrorToRead(job), { hostPath: job.checkout, path: INSIDE.checkout, readOnly: false }],
  };
}

/** Prints commit, author, date and subject, separated by NUL. */
export function infoJob(job: LocalJob): WorkerJob {
  return localJob(
    job,
    "read commit of",
    [],
    ["log", "-1", "--no-show-signature", "--format=%H%x00%an%x00%cI%x00%s", job.commit],
  );
}

export interface LocalJob {
  readonly stackName: string;
  readonly commit: string;
  readonly mirror: string;
  readonly user: WorkerUser;
  readonly deadlineMs: number;
}

function localJob(job: LocalJob, what: string, place: readonly string[], command: readonly string[]): WorkerJob {
  return {
    name: `${what} ${job.stackName}`,
    argv: [...git(COMMON, place), ...command],
    environment: ENVIRONMENT,
    mounts: [mirrorToRead(job)],
    network: false,
    deadlineMs: job.deadlineMs,
    user: `${job.user.uid}:${job.user.gid}`,
  };
}

function mirrorToRead(job: LocalJob): WorkerJob["mounts"][number] {
  return { hostPath: job.mirror, path: INSIDE.mirror, readOnly: true };
}

function git(settings: readonly string[], place: readonly string[] = []): readonly string[] {
  return ["git", `--git-dir=${INSIDE.mirror}`, ...place, ...settings.flatMap((setting) => ["-c", setting])];
}

const ENVIRONMENT: Readonly<Record<string, string>> = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
  LC_ALL: "C",
};

/** Settings on the command line win over all that a repository could bring. The mirror's own config is rewritten before each job. */
const COMMON: readonly string[] = [
  "core.hooksPath=/dev/null",
  "core.attributesFile=/dev/null",
  "core.fsmonitor=false",
  "core.symlinks=true",
  "core.autocrlf=false",
  "core.protectHFS=true",
  "core.protectNTFS=true",
  "core.askPass=",
  "credential.helper=",
  "protocol.allow=never",
  "submodule.recurse=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "i18n.logOutputEncoding=UTF-8",
];

const CHECKED: readonly string[] = [
  "fetch.fsckObjects=true",
  "transfer.credentialsInUrl=die",
  // Old but harmless: histories made by early tools would else be refused.
  "fetch.fsck.zeroPaddedFilemode=ignore",
  "fetch.fsck.badTimezone=ignore",
  "fetch.fsck.missingSpaceBeforeDate=ignore",
];

function transportSettings(remote: RemoteUrl): readonly string[] {
  const allowed = [...CHECKED, `protocol.${remote.transport}.allow=always`];
  if (remote.transport === "ssh") return [...allowed, `core.sshCommand=${SSH_COMMAND}`];
  return [
    ...allowed,
    `credential.helper=store --file=${INSIDE.secrets}/token`,
    `http.sslCAInfo=${INSIDE.secrets}/authorities.pem`,
    // A server that sends less than 1 KiB/s for a minute is given up before the worker's deadline.
    "http.lowSpeedLimit=1024",
    "http.lowSpeedTime=60",
  ];
}

/** Constant, as git hands it to a shell. */
const SSH_COMMAND = [
  "ssh -F none",
  `-i ${INSIDE.secrets}/key`,
  ...[
    "BatchMode=yes",
    "IdentitiesOnly=yes",
    "IdentityAgent=none",
    "StrictHostKeyChecking=yes",
    `UserKnownHostsFile=${INSIDE.secrets}/known_hosts`,
    "GlobalKnownHostsFile=/dev/null",
    "UpdateHostKeys=no",
    "PasswordAuthentication=no",
    "KbdInteractiveAuthentication=no",
    "ForwardAgent=no",
    "PermitLocalCommand=no",
    "ConnectTimeout=20",
    "ServerAliveInterval=15",
    "ServerAliveCountMax=2",
  ].map((option) => `-o ${option}`),
].join(" ");

/** The format of git-credential-store(1). Git gives the token only to this scheme and host, so not to where a redirect leads. */
function tokenLine(remote: RemoteUrl, credential: Credential): string {
  const user = encodeURIComponent(credential.username || "git");
  const authority = remote.printable.slice(`${remote.transport}://`.length, -remote.path.length);
  return `${remote.transport}://${user}:${encodeURIComponent(credential.secret)}@${authority}\n`;
}
