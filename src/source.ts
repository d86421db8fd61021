import type { CommitInfo, Revision } from "./revision.ts";
import type { Stack } from "./stack.ts";

/** Where desired state comes from. git/ and folder/ fulfil it. */
export interface Source {
  /**
   * What the stack's ref points to now: one cheap probe, no objects, no container.
   * Throws GitUnreachable, GitTimeout, GitAuthentication, GitNotARepository, GitRefMissing, GitEmptyRepository, HostKeyChanged;
   * a folder throws FolderUnreadable.
   */
  head(stack: Stack, signal: AbortSignal): Promise<Revision>;
  /** The files of one commit, checked out in a staging directory of their own. Throws as `head` does, and WorkerFailed. */
  checkout(stack: Stack, revision: Revision, signal: AbortSignal): Promise<Checkout>;
  /**
   * Makes the stack's live tree, to which bind mounts point, hold this checkout. Untracked files stay; a tracked file that was
   * changed by hand is copied to the stack's conflicts first. Files named in `inPlace` (relative to the tree) keep their inode, so that
   * a container which mounts that very file sees the new content. Returns what was saved that way.
   */
  switchTree(
    stack: Stack,
    checkout: Checkout,
    inPlace: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly SavedConflict[]>;
  /** Throws away staging directories of the stack that nobody will read again; a kept one stays. */
  discard(stack: Stack, checkout: Checkout): Promise<void>;
  /** Keeps the checkout of a healthy release: a later `checkout` of that commit needs neither remote nor worker. */
  keep(stack: Stack, checkout: Checkout): Promise<void>;
  /** Lets go of kept checkouts but those of these commits. */
  keepOnly(stack: Stack, commits: readonly string[]): Promise<void>;
}

export interface Checkout {
  /** Absolute path of the staging tree. */
  readonly staging: string;
  /** Absolute path of the live tree, whose files the containers will see. */
  readonly live: string;
  readonly info: CommitInfo;
  /** Path relative to the tree → digest, for every tracked file and link; read once, when somebody asks. */
  readonly digests: () => Promise<ReadonlyMap<string, string>>;
  /** Path → what the commit has there that is not what a container should get. Absent where that cannot happen. */
  readonly unusable?: () => Promise<ReadonlyMap<string, Unusable>>;
}

/** A pointer or an empty folder in place of the content, a link that leads out of the tree, a name that is no UTF-8. */
export type Unusable = "lfs-pointer" | "submodule" | "outer-link" | "odd-name";

export interface SavedConflict {
  /** Relative to the tree. */
  readonly path: string;
  readonly savedAs: string;
}
