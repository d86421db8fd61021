import type { Credential, HostKey } from "../../src/credential.ts";
import type { NewDeployment, Outcome } from "../../src/history.ts";
import { STACK_DEFAULTS, type Stack } from "../../src/stack.ts";
import { sampleProject } from "../support/sample-project.ts";

export const STACK: Stack = {
  name: "shop",
  project: "shop-prod",
  repository: "git@example.org:acme/shop.git",
  ref: "main",
  path: "deploy",
  files: ["compose.yaml", "prod.yaml"],
  envFiles: [".env.prod"],
  profiles: ["web"],
  intervalMs: 60_000,
  credential: "deploy-key",
  ...STACK_DEFAULTS,
  createdAt: "2026-11-21T09:00:00.000Z",
};

export const CREDENTIAL: Credential = {
  kind: "deploy-key",
  host: "example.org",
  username: "git",
  secret: "PLAINTEXT-MARKER-of-a-private-key",
  publicKey: "ssh-ed25519 AAAA tallyman-shop",
};

export const HOST_KEY: HostKey = {
  host: "[example.org]:2222",
  type: "ssh-ed25519",
  key: "AAAAC3Nz",
  fingerprint: "SHA256:abc",
  addedBy: "admin",
  addedAt: "2026-11-21T09:00:00.000Z",
};

export function attemptAt(commit: string, change: Partial<NewDeployment> = {}): NewDeployment {
  return {
    stack: STACK.name,
    commit: { commit, author: "Ada", message: `change ${commit}`, committedAt: "2026-11-21T08:00:00Z" },
    trigger: "commit",
    cause: "new commit on main",
    settingsDigest: "settings-1",
    ...change,
  };
}

export const HEALTHY: Extract<Outcome, { readonly status: "healthy" }> = {
  status: "healthy",
  verdicts: [],
  imageDigests: { nginx: "sha256:1" },
  repoDigests: { nginx: "nginx@sha256:2" },
  inputDigest: "inputs-1",
  project: sampleProject({ web: { environment: { PASSWORD: "PLAINTEXT-MARKER-of-a-model" } } }),
};

export const FAILED: Extract<Outcome, { readonly status: "failed" }> = {
  status: "failed",
  class: "unhealthy",
  failureAction: "rollback",
  reason: "web: exited with code 1",
  hint: "Look at its log.",
  verdicts: [],
};

/** A clock that stands still until it is moved. */
export class StandingClock {
  #at = Date.parse("2026-11-21T10:00:00.000Z");

  readonly now = (): Date => new Date(this.#at);

  advance(milliseconds: number): void {
    this.#at += milliseconds;
  }
}
