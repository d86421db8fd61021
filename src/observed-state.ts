/** What the Engine has, read once per pass and never cached. */
export interface ObservedState {
  readonly project: string;
  /** Every container that bears the project's label, in any state, one-offs included. */
  readonly containers: readonly ObservedContainer[];
  readonly networks: readonly ObservedNetwork[];
  readonly volumes: readonly ObservedVolume[];
  /** Local image by the reference that was asked for; null when it is absent. */
  readonly images: Readonly<Record<string, ObservedImage | null>>;
}

/** What to read: everything of the project, plus named things that bear no label of it. */
export interface ObserveQuery {
  readonly project: string;
  readonly images: readonly string[];
  /** Engine names of every network and volume that the project uses, external ones included. */
  readonly networks: readonly string[];
  /** Config hash that each network should bear, by Engine name: of one that bears another it is read who is in it. */
  readonly networkHashes?: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
}

export type ContainerState = "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";
export type ContainerHealth = "none" | "starting" | "healthy" | "unhealthy";

export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  readonly serviceName: string;
  /** From the label; 0 on one-offs. */
  readonly number: number;
  readonly oneOff: boolean;
  readonly state: ContainerState;
  readonly health: ContainerHealth;
  readonly exitCode: number;
  readonly restartCount: number;
  readonly oomKilled: boolean;
  /** The Engine's own words when a start failed; else empty. */
  readonly error: string;
  /** RFC 3339, or null when it never started / still runs. */
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly createdAt: string;
  readonly configHash: string | null;
  /** Id of the image it was made from. */
  readonly imageId: string;
  /** The reference it was created with. */
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly restartPolicy: string;
  /** Engine names of the networks it is attached to, and while it runs its addresses there. */
  readonly networks: readonly { readonly name: string; readonly id: string; readonly addresses?: readonly string[] }[];
  readonly mounts: readonly ObservedMount[];
  /** Ports of the host that it holds now: `8080/tcp`. */
  readonly hostPorts?: readonly string[];
  /** Last results of its healthcheck, oldest first. */
  readonly healthLog: readonly { readonly exitCode: number; readonly output: string; readonly at: string }[];
  /** How long its healthcheck, the image's own too, may take to say something, in milliseconds; absent without one. */
  readonly healthDeadlineMs?: number;
}

export interface ObservedMount {
  readonly type: string;
  /** Volume name, or host path of a bind. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface ObservedNetwork {
  readonly id: string;
  /** Running containers in it, whoever's; only of a network that bears another hash than it should. */
  readonly members?: readonly { readonly id: string; readonly name: string }[];
  readonly name: string;
  readonly driver: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ObservedVolume {
  readonly name: string;
  readonly driver: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ObservedImage {
  readonly id: string;
  /** When its tag was last set here, RFC 3339; absent when the Engine does not tell. */
  readonly taggedAt?: string;
  readonly repoDigests: readonly string[];
  /** Paths that the image declares as VOLUME. */
  readonly volumes: readonly string[];
  readonly hasHealthcheck: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly os: string;
  readonly architecture: string;
}
