/** What a stack's Compose files are interpolated with, beside their own env files. */
export interface Variables {
  readonly values: Readonly<Record<string, string>>;
  /** Keyed digest of names and values: part of the settings digest. Tells nothing of the values. */
  readonly digest: string;
}

/** Hands out variables only to load a stack. store/ fulfils it. */
export interface VariableVault {
  /** Shared ones and the stack's own, which win. */
  variablesOf(stack: string): Promise<Variables>;
}

/** What is told of a variable. The value of a secret is never shown again. */
export interface VariableEntry {
  readonly name: string;
  /** A stack's name, or null for one that every stack sees. */
  readonly stack: string | null;
  readonly secret: boolean;
  /** Null for a secret. */
  readonly value: string | null;
  readonly changedBy: string;
  readonly changedAt: string;
}
