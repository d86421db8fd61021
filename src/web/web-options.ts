import type { HostKey } from "../credential.ts";
import type { Engine } from "../engine.ts";
import type { EventBus } from "../event-bus.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store/store.ts";
import type { ListenAddress } from "./listen-address.ts";
import type { ReconcilerPort } from "./reconciler-port.ts";
import type { Random } from "./secret-token.ts";

/** Contract of `version --json`. */
export interface Build {
  readonly version: string;
  readonly commit: string;
  readonly builtAt: string;
  readonly bun: string;
  readonly target: string;
}

/** Contract of `doctor --json`. */
export interface DoctorReport {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly detail: string;
    readonly fix: string;
  }[];
}

/** Where a repository URL leads. */
export interface RemoteAddress {
  readonly transport: "https" | "http" | "ssh";
  /** User name in an SSH URL; null over HTTP. */
  readonly user: string | null;
  /** The only place the stack's credential may go. */
  readonly credentialHost: string;
  /** As in `HostKey.host`; null over HTTP. */
  readonly hostKeyName: string | null;
}

/** What other folders do for the pages and the API; `main.ts` puts them in, because web must not know those folders. */
export interface WebEdges {
  /** Throws InvalidInput for anything but an allowed remote URL without credentials. */
  readonly readRemote: (repository: string) => RemoteAddress;
  readonly generateDeployKey: (
    stackName: string,
  ) => Promise<{ readonly privateKey: string; readonly publicKey: string }>;
  /** The public half (`ssh-ed25519 AAAA… comment`) of a private key that the operator brought. Throws InvalidInput. */
  readonly publicKeyOf: (privateKey: string) => Promise<string>;
  /** Asks an SSH server for its keys; pins nothing. `host` as in `HostKey.host`. */
  readonly learnHostKeys: (
    host: string,
    signal: AbortSignal,
  ) => Promise<readonly Omit<HostKey, "addedBy" | "addedAt">[]>;
  readonly doctor: (signal: AbortSignal) => Promise<DoctorReport>;
}

export interface WebOptions extends WebEdges {
  readonly listen: ListenAddress;
  /** `<root>/system/tallyman.sock`. */
  readonly socketPath: string;
  readonly store: Store;
  readonly reconciler: ReconcilerPort;
  readonly engine: Pick<Engine, "info" | "logs" | "observe">;
  readonly bus: EventBus;
  readonly build: Build;
  readonly now: () => Date;
  readonly random: Random;
  readonly log: Log;
  /** How often a new stack is polled unless it says otherwise. */
  readonly intervalMs: number;
  /** Serve plain HTTP on an address that others can reach. */
  readonly insecureHttp?: boolean;
  /** PEM texts. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** More names under which browsers may reach this server (a TLS proxy's). Lowercase. */
  readonly hostNames?: readonly string[];
}
