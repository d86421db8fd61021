// build.ts puts literals in their place; uncompiled there is nothing of that name.
declare const TALLYMAN_VERSION: string | undefined;
declare const TALLYMAN_COMMIT: string | undefined;
declare const TALLYMAN_BUILT_AT: string | undefined;

/** Which build this is. `builtAt` (RFC 3339 UTC) is the commit's time, so that the same commit gives the same binary. */
export const build = {
  version: typeof TALLYMAN_VERSION === "string" ? TALLYMAN_VERSION : "0.0.0-source",
  commit: typeof TALLYMAN_COMMIT === "string" ? TALLYMAN_COMMIT : "unknown",
  builtAt: typeof TALLYMAN_BUILT_AT === "string" ? TALLYMAN_BUILT_AT : "1970-01-01T00:00:00Z",
} as const;
