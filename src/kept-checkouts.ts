import type { Checkout } from "./source.ts";

/** Checkouts of healthy releases, kept below Tallyman's root for the way back. git/ fulfils it; folder/ keeps its copies there too. */
export interface KeptCheckouts {
  /** The kept checkout, proven complete; what is damaged is thrown away and counts as not kept. */
  find(stackName: string, commit: string): Promise<Omit<Checkout, "live"> | null>;
  /** Takes the files over. The checkout's own path leads to them until it is discarded. */
  keep(stackName: string, checkout: Checkout): Promise<void>;
  /** Path → digest of every file and link of a checkout's tree, as `Checkout.digests` gives them. */
  digestsOf(staging: string): Promise<ReadonlyMap<string, string>>;
  /** Lets go of all but these commits, and of what a killed process left half done. */
  keepOnly(stackName: string, commits: readonly string[]): Promise<void>;
}
