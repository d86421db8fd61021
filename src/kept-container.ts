/**
 * A container that counts as made from another configuration than its labels say: adopted because it equals what would be created, or
 * reloaded in place by a signal. Labels of a container cannot be changed, so this is kept beside it.
 */
export interface KeptContainer {
  readonly containerId: string;
  /** The config hash that it stands for; null: the one on its label. */
  readonly configHash: string | null;
  /** The mounted files' digests that it has read; null: those on its label. */
  readonly contents: Readonly<Record<string, string>> | null;
  /** Fields in which it differs from what we would create though we made it just so: the Engine's own doing, never drift. */
  readonly tolerated: readonly string[];
}

/** store/ fulfils it. */
export interface KeptContainers {
  keptOf(stack: string): Promise<readonly KeptContainer[]>;
  keep(stack: string, kept: KeptContainer): Promise<void>;
  /** Forgets those whose container is none of these any more. */
  keepOnly(stack: string, containerIds: readonly string[]): Promise<void>;
}
