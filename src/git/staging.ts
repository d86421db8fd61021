import { lstat, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Credential, HostKeyBook } from "../credential.ts";
import { TallymanError } from "../error.ts";
import type { CommitInfo, Revision } from "../revision.ts";
import type { Checkout } from "../source.ts";
import type { Stack } from "../stack.ts";
import type { WorkerResult, WorkerRunner } from "../worker.ts";
import { parseCommitInfo } from "./commit-info.ts";
import { checkoutJob, fetchFiles, fetchJob, infoJob } from "./git-job.ts";
import type { GitLimits } from "./git-limits.ts";
import { trustedKeys } from "./known-hosts.ts";
import { dropMirror, keepsItsWord, mirrorHas, prepareMirror } from "./mirror.ts";
import { isFullCommit } from "./ref-name.ts";
import type { RemoteUrl } from "./remote-url.ts";
import type { SecretFiles } from "./secret-files.ts";
import { withinSize } from "./size-guard.ts";
import { placesOf, type StackPlaces } from "./stack-places.ts";
import { lazyReading } from "./tree-reader.ts";
import { type Complaint, complaintOf } from "./worker-complaint.ts";
import { makeWorkerDirectory, type WorkerUser } from "./worker-user.ts";

export interface StagingSettings {
  readonly root: string;
  readonly runner: WorkerRunner;
  readonly hostKeys: HostKeyBook;
  readonly secretFiles: SecretFiles;
  readonly authorities: () => string;
  readonly user: WorkerUser;
  readonly limits: GitLimits;
}

export interface CheckoutRequest {
  readonly stack: Stack;
  readonly remote: RemoteUrl;
  /** Asked for only when something must be fetched. Throws GitAuthentication. */
  readonly credential: () => Promise<Credential | null>;
  readonly revision: Revision;
}

export interface Staging {
  /** Throws away what an earlier process left of a stack: nobody will read it again. Once is enough. */
  sweep(stackName: string): Promise<void>;
  checkout(request: CheckoutRequest, signal: AbortSignal): Promise<Omit<Checkout, "live">>;
  discard(stackName: string, checkout: Checkout): Promise<void>;
}

/** Brings commits into the mirror and out of it into staging directories, by workers. The caller sees to it that a stack has one at a time. */
export function createStaging(settings: StagingSettings): Staging {
  const swept = new Set<string>();
  let count = 0;
  return {
    async sweep(stackName) {
      if (swept.has(stackName)) return;
      await rm(placesOf(settings.root, stackName).staging, { recursive: true, force: true });
      swept.add(stackName);
    },
    async checkout(request, signal) {
      const places = placesOf(settings.root, request.stack.name);
      if (!isFullCommit(request.revision.commit))
        throw new TallymanError("InvalidInput", "commit: is no full object id");
      count += 1;
      const directory = join(places.staging, `${request.revision.commit}-${count}`);
      try {
        const info = await stage(settings, request, places, directory, signal);
        const staging = join(directory, "tree");
        return { staging, info, ...lazyReading(staging) };
      } catch (thrown) {
        await rm(directory, { recursive: true, force: true });
        throw thrown;
      }
    },
    async discard(stackName, checkout) {
      const directory = dirname(checkout.staging);
      if (dirname(directory) !== placesOf(settings.root, stackName).staging) return;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A mirror that turns out to be broken is dropped and fetched anew, once. */
async function stage(
  settings: StagingSettings,
  request: CheckoutRequest,
  places: StackPlaces,
  directory: string,
  signal: AbortSignal,
): Promise<CommitInfo> {
  const fresh = !(await mirrorHas(places.mirror, request.revision.commit));
  if (fresh) await fetchCommit(settings, request, places, signal);
  try {
    return await unpack(settings, request, places, directory, signal);
  } catch (thrown) {
    if (fresh || signal.aborted || !(thrown instanceof TallymanError) || thrown.reason !== "WorkerFailed") throw thrown;
    await dropMirror(places.mirror);
    await fetchCommit(settings, request, places, signal);
    return unpack(settings, request, places, directory, signal);
  }
}

/** A mirror that is broken, or has grown too large over many deployments, is dropped, and the one commit fetched anew. */
async function fetchCommit(
  settings: StagingSettings,
  request: CheckoutRequest,
  places: StackPlaces,
  signal: AbortSignal,
): Promise<void> {
  const first = await attempt(() => fetchFirst(settings, request, places, signal));
  if (!first || (first.kind !== "corrupt" && first.kind !== "too large") || signal.aborted) return raise(first);
  await dropMirror(places.mirror);
  const second = await attempt(() => fetchFirst(settings, request, places, signal));
  if (second?.kind === "too large") await dropMirror(places.mirror);
  raise(second);
}

type Failure = Complaint | { readonly kind: "too large"; readonly error: TallymanError } | null;

async function attempt(fetching: () => Promise<Complaint | null>): Promise<Failure> {
  try {
    return await fetching();
  } catch (thrown) {
    if (thrown instanceof TallymanError && thrown.reason === "GitRefused") return { kind: "too large", error: thrown };
    throw thrown;
  }
}

function raise(failure: Failure): void {
  if (failure) throw failure.error;
}

/** Old servers give a commit only under the name of a ref, so the ref is the second thing to ask for. */
async function fetchFirst(
  settings: StagingSettings,
  request: CheckoutRequest,
  places: StackPlaces,
  signal: AbortSignal,
): Promise<Complaint | null> {
  const { commit, ref } = request.revision;
  const credential = await request.credential();
  const secrets = credential === null ? [] : [credential.secret];
  let failure: Complaint | null = null;
  for (const source of ref === "HEAD" ? [commit] : [commit, ref]) {
    await prepareMirror(places.mirror, settings.user, commit);
    const result = await runFetch(settings, { ...request, source, credential }, places, signal);
    if (result.exitCode === 0 && (source === commit || (await keepsItsWord(places.mirror, commit, ref)))) return null;
    if (result.exitCode !== 0) failure = complaintOf(result, request.remote, secrets);
    if (failure?.kind !== "missing") return failure;
  }
  return failure;
}

async function runFetch(
  settings: StagingSettings,
  request: Omit<CheckoutRequest, "credential"> & { readonly source: string; readonly credential: Credential | null },
  places: StackPlaces,
  signal: AbortSignal,
): Promise<WorkerResult> {
  const { remote, credential, stack, revision, source } = request;
  const { user, limits } = settings;
  const authorities = settings.authorities();
  const trusted = remote.hostKeyName === null ? [] : await trustedKeys(settings.hostKeys, remote.hostKeyName);
  return settings.secretFiles.with(fetchFiles({ remote, credential, trusted, authorities, user }), (secrets) => {
    const place = { mirror: places.mirror, secrets, user, deadlineMs: limits.fetchDeadlineMs };
    const job = fetchJob({ ...place, stackName: stack.name, remote, source, commit: revision.commit });
    return withinSize(
      `the repository of ${stack.name}`,
      places.mirror,
      { ...limits, maxFiles: Infinity },
      signal,
      (within) => settings.runner.run(job, within),
    );
  });
}

async function unpack(
  settings: StagingSettings,
  request: CheckoutRequest,
  places: StackPlaces,
  directory: string,
  signal: AbortSignal,
): Promise<CommitInfo> {
  const { user, limits, runner } = settings;
  await rm(directory, { recursive: true, force: true });
  await mkdir(places.staging, { recursive: true, mode: 0o700 });
  await makeWorkerDirectory(user, directory);
  await makeWorkerDirectory(user, join(directory, "tree"));
  const { commit } = request.revision;
  const job = {
    stackName: request.stack.name,
    commit,
    mirror: places.mirror,
    user,
    deadlineMs: limits.checkoutDeadlineMs,
  };
  const [info] = await Promise.all([
    runner.run(infoJob(job), signal),
    withinSize(`the checkout of ${request.stack.name}`, directory, limits, signal, async (within) =>
      successful(await runner.run(checkoutJob({ ...job, checkout: directory }), within), request),
    ),
  ]);
  // A link in its place is the work of a worker gone bad; nothing is read through it.
  if (!(await lstat(join(directory, "tree"))).isDirectory())
    throw new TallymanError("WorkerFailed", `the checkout of ${request.stack.name} is no directory`);
  return parseCommitInfo(successful(info, request).stdout, commit);
}

function successful(result: WorkerResult, request: CheckoutRequest): WorkerResult {
  if (result.exitCode === 0) return result;
  const { kind, error } = complaintOf(result, request.remote, []);
  throw kind === "known" ? error : new TallymanError("WorkerFailed", error.message, { hint: error.hint });
}
