import type { AssetName } from "./asset-name.ts";

/** What every page needs beside its own values. Views know no clock: `now` comes in. */
export interface PageContext {
  readonly now: Date;
  /** For the hidden field `csrf` of every form. */
  readonly csrf: string;
  /** Null before the login. */
  readonly userName: string | null;
  /** Null when the Engine does not answer, or before the login. */
  readonly host: HostSummary | null;
  readonly assetUrl: (name: AssetName) => string;
}

export interface HostSummary {
  readonly name: string;
  readonly engineVersion: string;
  readonly containers: number;
}

/** A part of a page that the live stream replaces: `target` is the selector of the element that `html` is. */
export interface Piece {
  readonly target: string;
  readonly html: string;
}
