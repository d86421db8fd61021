import foundation from "./migrations/0001-foundation.sql" with { type: "text" };
import advancedRelease from "./migrations/0002-advanced-release.sql" with { type: "text" };
import holdsVariablesReleases from "./migrations/0003-holds-variables-releases.sql" with { type: "text" };
import pinnedRevision from "./migrations/0004-pinned-revision.sql" with { type: "text" };

/** One step of the schema. `version` counts from 1 without gaps. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** Append only: what was released once is never edited, because databases out there have already run it. */
export const MIGRATIONS: readonly Migration[] = [
  { version: 1, name: "foundation", sql: foundation },
  { version: 2, name: "advanced-release", sql: advancedRelease },
  { version: 3, name: "holds-variables-releases", sql: holdsVariablesReleases },
  { version: 4, name: "pinned-revision", sql: pinnedRevision },
];
