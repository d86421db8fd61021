import { BUSYBOX_IMAGE } from "../support/images.ts";

// The stack that is killed in: from one version to the next its update needs every kind of operation that a pass can plan.

export const KILL_STACK = "kill";

const RUN = ["sh", "-c", "trap 'exit 0' TERM; trap : HUP; while true; do sleep 0.1; done"];
const QUICK = { stop_grace_period: "1s", deploy: { update_config: { monitor: "1s" } } };
/** A busy machine may be slow to run a check; a bad one fails at once all the same. */
const HEALTHCHECK = { interval: "1s", timeout: "20s", retries: 2 };

export interface KillVersion {
  readonly version: number;
  /** A bad one never passes its gate. */
  readonly healthy: boolean;
  /** `host:port` of the registry that `pulledImage` lies in. */
  readonly registry: string;
}

/** Another one for each version, so that each has to be pulled. */
export function pulledImage({ registry, version }: Pick<KillVersion, "registry" | "version">): string {
  return `${registry}/kill-pulled:v${version}`;
}

/** Compose file and the files beside it. */
export function killVersion(wanted: KillVersion): {
  readonly compose: unknown;
  readonly files: Readonly<Record<string, string>>;
} {
  const { version, healthy } = wanted;
  const parity = version % 2;
  const changing = { image: BUSYBOX_IMAGE, command: RUN, environment: { VERSION: `${version}` }, ...QUICK };
  const build = { context: ".", dockerfile_inline: `FROM ${BUSYBOX_IMAGE}\nENV BUILT=${version}\n` };
  const probe = (program: string) => ({ ...HEALTHCHECK, test: ["CMD", program] });
  const services = {
    // Waits for a healthy database and an ended job.
    app: {
      ...changing,
      image: `kill-built:v${version}`,
      build,
      networks: ["default", `only${version}`],
      healthcheck: probe(healthy ? "true" : "false"),
      depends_on: { db: { condition: "service_healthy" }, job: { condition: "service_completed_successfully" } },
    },
    db: { ...changing, healthcheck: probe("true"), volumes: ["data:/data", `only${version}:/more`] },
    job: { ...changing, command: ["true"] },
    pulled: { ...changing, image: pulledImage(wanted) },
    // One after the other, each proven before the next.
    rolling: {
      ...changing,
      deploy: { replicas: 2, update_config: { order: "start-first", parallelism: 1, delay: "100ms", monitor: "1s" } },
    },
    // Never made anew: told by a signal, moved to a network that is made anew, or joined by a second one.
    told: {
      ...QUICK,
      image: BUSYBOX_IMAGE,
      command: RUN,
      labels: { "tallyman.reload": "SIGHUP" },
      volumes: ["./told.conf:/told.conf:ro"],
    },
    moved: { ...QUICK, image: BUSYBOX_IMAGE, command: RUN, networks: ["redefined"] },
    scaled: { ...QUICK, image: BUSYBOX_IMAGE, command: RUN, scale: 1 + parity },
    [`orphan${parity}`]: { ...QUICK, image: BUSYBOX_IMAGE, command: RUN },
  };
  const networks = { [`only${version}`]: {}, redefined: { labels: { version: `${version}` } } };
  const volumes = { data: {}, [`only${version}`]: {} };
  return { compose: { services, networks, volumes }, files: { "told.conf": `version ${version}\n` } };
}

/** The containers that are there once this version runs, by name, with their state. */
export function expectedContainers({ version }: Pick<KillVersion, "version">): readonly string[] {
  const parity = version % 2;
  const running = ["app-1", "db-1", "pulled-1", "rolling-1", "rolling-2", "told-1", "moved-1", `orphan${parity}-1`];
  const scaled = Array.from({ length: 1 + parity }, (_, index) => `scaled-${index + 1}`);
  return [...[...running, ...scaled].map((name) => `${name} running`), "job-1 exited"].sort();
}
