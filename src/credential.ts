import type { CredentialKind } from "./stack.ts";

/** The secret with which one stack's repository is read. Lives sealed in the store; handed out only to make one connection. */
export interface Credential {
  readonly kind: Exclude<CredentialKind, "none">;
  /** `host` or `host:port`, lowercase: the only place it may be sent to. */
  readonly host: string;
  /** User name for https-token and the SSH kinds. */
  readonly username: string;
  /** Token, or private key in OpenSSH PEM. */
  readonly secret: string;
  /** `ssh-ed25519 AAAA… comment`; null for tokens. */
  readonly publicKey: string | null;
}

/** Hands out a stack's credential. store/ fulfils it. */
export interface CredentialVault {
  credentialOf(stack: string): Promise<Credential | null>;
}

/** An SSH server's identity that an operator (or the list in the box) vouched for. */
export interface HostKey {
  /** `host` for port 22, else `[host]:port`, as in known_hosts. */
  readonly host: string;
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, … */
  readonly type: string;
  /** Base64, as in known_hosts. */
  readonly key: string;
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  readonly addedBy: string;
  readonly addedAt: string;
}

/** Pinned host keys. store/ fulfils it; never refreshed silently. */
export interface HostKeyBook {
  keysOf(host: string): Promise<readonly HostKey[]>;
}
