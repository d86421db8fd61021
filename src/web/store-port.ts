import type { Credential, CredentialVault, HostKey, HostKeyBook } from "../credential.ts";
import type { History } from "../history.ts";
import type { Stack } from "../stack.ts";

export interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly role: string;
}

export interface SessionRow {
  readonly userId: string;
  readonly tokenHash: string;
  readonly createdAt: string;
  readonly expiresAt: string;
}

export interface SetupRow {
  readonly tokenHash: string;
  readonly expiresAt: string;
  readonly browserHash: string | null;
}

/** What the pages and the API ask of the store. */
export interface StorePort {
  readonly stacks: {
    list(): Promise<readonly Stack[]>;
    get(name: string): Promise<Stack | null>;
    add(stack: Stack): Promise<void>;
    remove(name: string): Promise<void>;
  };
  readonly history: Pick<History, "list" | "get" | "lastRelease">;
  readonly credentials: CredentialVault & {
    set(stack: string, credential: Credential): Promise<void>;
    publicKeyOf(stack: string): Promise<string | null>;
    forget(stack: string): Promise<void>;
  };
  readonly hostKeys: HostKeyBook & {
    pin(key: HostKey): Promise<void>;
    list(): Promise<readonly HostKey[]>;
    forget(host: string): Promise<void>;
  };
  readonly users: {
    count(): Promise<number>;
    byName(name: string): Promise<UserRow | null>;
    byId(id: string): Promise<UserRow | null>;
  };
  readonly sessions: {
    create(session: SessionRow): Promise<void>;
    byTokenHash(tokenHash: string): Promise<SessionRow | null>;
    extend(tokenHash: string, expiresAt: string): Promise<void>;
    remove(tokenHash: string): Promise<void>;
    removeExpired(now: string): Promise<void>;
  };
  /** Usable only while there is no user. */
  readonly setup: {
    /** Replaces the link that was issued before. */
    issue(tokenHash: string, expiresAt: string): Promise<void>;
    byHash(tokenHash: string): Promise<SetupRow | null>;
    /** Ties the link to the first browser; false when another one was faster. */
    bindTo(tokenHash: string, browserHash: string): Promise<boolean>;
    /** Creates the first user and ends the link, both or neither. Throws AlreadyExists when there is a user. */
    consume(tokenHash: string, user: Omit<UserRow, "id">): Promise<UserRow>;
  };
  readonly audit: {
    add(entry: {
      readonly who: string;
      readonly from: string;
      readonly what: string;
      readonly subject: string;
    }): Promise<void>;
  };
}
