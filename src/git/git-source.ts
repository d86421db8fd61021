import type { CredentialVault, HostKeyBook } from "../credential.ts";
import { TallymanError } from "../error.ts";
import type { Revision } from "../revision.ts";
import type { Source } from "../source.ts";
import type { Stack } from "../stack.ts";
import type { WorkerRunner } from "../worker.ts";
import { trustBundle } from "./authorities.ts";
import { checkedCredential } from "./checked-credential.ts";
import { withDeadline } from "./deadline.ts";
import { withFileErrors } from "./file-error.ts";
import { GIT_LIMITS, type GitLimits } from "./git-limits.ts";
import { createHostQueue } from "./host-queue.ts";
import { createKeptCheckouts } from "./kept-checkouts.ts";
import { trustedKeys } from "./known-hosts.ts";
import { livePlace, liveTreeOf, makeHome } from "./live-place.ts";
import { switchLiveTree } from "./live-tree.ts";
import { probeHttp } from "./probe-http.ts";
import { checkRefName, isFullCommit } from "./ref-name.ts";
import { parseRemoteUrl } from "./remote-url.ts";
import { createSecretFiles } from "./secret-files.ts";
import { createStackLock } from "./stack-lock.ts";
import { createStaging } from "./staging.ts";
import { workerUser } from "./worker-user.ts";

export interface GitSourceSettings {
  /** Tallyman's root directory; stacks live below `deployments`. */
  readonly root: string;
  readonly runner: WorkerRunner;
  readonly vault: CredentialVault;
  readonly hostKeys: HostKeyBook;
  /** A directory of this daemon alone on a memory file system, such as `/run/tallyman/<instance>`. */
  readonly secretsDir: string;
  /** PEM of the operator's own certificate authority. */
  readonly certificateAuthority?: string;
  readonly now?: () => Date;
  readonly limits?: Partial<GitLimits>;
}

/** Desired state from Git: probes run in this process, everything that handles objects runs in a worker. */
export function createGitSource(settings: GitSourceSettings): Source {
  const limits = { ...GIT_LIMITS, ...settings.limits };
  const user = workerUser();
  let bundle: string | undefined;
  const authorities = () => {
    bundle ??= trustBundle(settings.certificateAuthority);
    return bundle;
  };
  const secretFiles = createSecretFiles(settings.secretsDir, user);
  const staging = createStaging({ ...settings, limits, user, authorities, secretFiles });
  const kept = createKeptCheckouts(settings.root);
  const hostQueue = createHostQueue(limits.probesPerHost);
  const fetchQueue = createHostQueue(limits.fetchesPerHost);
  const lock = createStackLock();
  const inTurn = <T>(stackName: string, what: string, work: () => Promise<T>) =>
    lock(stackName, () => withFileErrors(what, work));
  const now = settings.now ?? (() => new Date());

  const head = async (stack: Stack, signal: AbortSignal): Promise<Revision> => {
    const remote = parseRemoteUrl(stack.repository);
    const wanted = stack.ref === null ? null : checkRefName(stack.ref);
    if (wanted !== null && isFullCommit(wanted)) return { commit: wanted, ref: "HEAD" };
    const credential = await checkedCredential(stack, remote, settings.vault);
    const ask = async (within: AbortSignal) => {
      if (remote.hostKeyName === null)
        return probeHttp({ remote, credential, wanted, authorities: authorities() }, within);
      // Loaded when a first stack needs it: SSH is a large library, and the start should not wait for it.
      const { probeSsh } = await import("./probe-ssh.ts");
      const trusted = await trustedKeys(settings.hostKeys, remote.hostKeyName);
      return probeSsh({ remote, credential, wanted, trusted }, within);
    };
    const what = `asking ${remote.printable}`;
    return hostQueue(remote.host, signal, () => withDeadline(what, limits.probeDeadlineMs, signal, ask));
  };

  return {
    head,
    checkout: (stack, revision, signal) =>
      inTurn(stack.name, `checkout of ${stack.name}`, async () => {
        const live = await livePlace(settings.root, stack);
        await makeHome(settings.root, stack.name);
        await staging.sweep(stack.name);
        const found = await kept.find(stack.name, revision.commit);
        if (found) return { ...found, live };
        const remote = parseRemoteUrl(stack.repository);
        const asked = { stack, remote, revision, credential: () => checkedCredential(stack, remote, settings.vault) };
        return { ...(await fetchQueue(remote.host, signal, () => staging.checkout(asked, signal))), live };
      }),
    switchTree: (stack, checkout, inPlace, signal) =>
      inTurn(stack.name, `switch of ${stack.name}`, async () => {
        if (signal.aborted) throw new TallymanError("Interrupted", `switch of ${stack.name} was stopped`);
        return switchLiveTree(await liveTreeOf(settings.root, stack, now()), checkout.staging, inPlace);
      }),
    discard: (stack, checkout) => staging.discard(stack.name, checkout),
    keep: (stack, checkout) =>
      inTurn(stack.name, `keeping a release of ${stack.name}`, () => kept.keep(stack.name, checkout)),
    keepOnly: (stack, commits) =>
      inTurn(stack.name, `clearing releases of ${stack.name}`, () => kept.keepOnly(stack.name, commits)),
  };
}
