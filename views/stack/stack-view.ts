import type { Deployment, Release } from "../../src/deployment.ts";
import type { PlanReport } from "../../src/plan.ts";
import type { Hold, Stack, StackStatus } from "../../src/stack.ts";

/** What a row of the overview shows. */
export interface StackSummary {
  readonly stack: Stack;
  readonly status: StackStatus;
  /** Newest first; the last twenty are enough. */
  readonly deployments: readonly Deployment[];
  /** Says what the running commit is called, also when it needed no deployment of its own. */
  readonly release: Release | null;
}

export interface OverviewView {
  readonly stacks: readonly StackSummary[];
  /** Address of the page's event stream. */
  readonly live: string;
}

export interface StackView extends StackSummary {
  readonly live: string;
  /** `ssh-ed25519 AAAA… comment`, when the repository is read with a key. */
  readonly publicKey: string | null;
  readonly unknownHost: UnknownHost | null;
  /** Service → services it waits for; null when no project was loaded yet. */
  readonly dependencies: Readonly<Record<string, readonly string[]>> | null;
  readonly holds: readonly Hold[];
  /** The release that must run, while the stack is pinned; null as well when it is not known any more. */
  readonly pinnedTo: Release | null;
}

/** An SSH server nobody vouched for yet, with what it shows. */
export interface UnknownHost {
  /** As in known_hosts: `host` or `[host]:port`. */
  readonly host: string;
  readonly keys: readonly { readonly type: string; readonly fingerprint: string }[];
}

/** An error as people read it. TallymanError fits. */
export interface Complaint {
  readonly reason: string;
  readonly message: string;
  readonly hint: string;
}

/** The fields of a stack as they were typed, so that an error loses nothing. The secret is never sent back. */
export interface StackForm {
  readonly name: string;
  /** Only to adopt: the project that runs already. */
  readonly project: string;
  readonly repository: string;
  readonly ref: string;
  readonly path: string;
  /** One a line, as `envFiles`, `profiles` and `dependsOn`. */
  readonly files: string;
  readonly envFiles: string;
  readonly profiles: string;
  /** Like `60s`. */
  readonly interval: string;
  readonly drift: Stack["drift"];
  /** "" leaves it to each service. */
  readonly onFailure: NonNullable<Stack["onFailure"]> | "";
  /** Like `90s`; "" leaves it to the healthchecks. */
  readonly gateTimeout: string;
  readonly prune: "yes" | "no";
  readonly dependsOn: string;
  /** "auto": what fits the repository, or with settings what is there. */
  readonly credential: "auto" | "https-token" | "ssh-key" | "deploy-key";
  readonly username: string;
  /** Of the settings that the form was filled with, so that nobody else's change is undone unseen; "" for a new stack. */
  readonly version: string;
}

export const EMPTY_STACK_FORM: StackForm = {
  name: "",
  project: "",
  repository: "",
  ref: "",
  path: "",
  files: "",
  envFiles: "",
  profiles: "",
  interval: "60s",
  drift: "repair",
  onFailure: "",
  gateTimeout: "",
  prune: "yes",
  dependsOn: "",
  credential: "auto",
  username: "",
  version: "",
};

export interface ConnectView {
  readonly stack: Stack;
  readonly publicKey: string | null;
  readonly unknownHost: UnknownHost | null;
  /** What the repository answered just now. */
  readonly probe:
    | { readonly ok: true; readonly commit: string; readonly ref: string }
    | { readonly ok: false; readonly error: Complaint };
}

export interface PlanView {
  readonly stack: Stack;
  readonly status: StackStatus;
  readonly plan: { readonly ok: true; readonly report: PlanReport } | { readonly ok: false; readonly error: Complaint };
  readonly latest: Deployment | null;
}

export interface LogsView {
  readonly stack: Stack;
  readonly serviceNames: readonly string[];
  /** Null shows all services. */
  readonly serviceName: string | null;
  readonly lines: readonly LogEntry[];
  /** How many lines a service were asked for. */
  readonly tail: number;
}

export interface LogEntry {
  readonly at: string;
  readonly stream: "stdout" | "stderr";
  readonly serviceName: string;
  readonly text: string;
}
