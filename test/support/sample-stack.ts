import { BUSYBOX_IMAGE } from "./images.ts";

export interface SampleOptions {
  /** Ends up in the environment, so that another version means other containers. */
  readonly version: string;
  /** An unhealthy one never passes its gate. */
  readonly healthy?: boolean;
}

/** Ends within a moment of SIGTERM, so that stopping costs no test ten seconds. */
const RUN = ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.2; done"];

/** A Compose file with a database and an application that waits for it. */
export function twoServices({ version, healthy = true }: SampleOptions): string {
  const service = (probe: string) => ({
    image: BUSYBOX_IMAGE,
    command: RUN,
    environment: { VERSION: version },
    healthcheck: { test: ["CMD", probe], interval: "1s", timeout: "2s", retries: 2 },
  });
  const services = {
    app: { ...service(healthy ? "true" : "false"), depends_on: { db: { condition: "service_healthy" } } },
    db: service("true"),
  };
  // JSON is YAML; what is written by hand is tried elsewhere.
  return `${JSON.stringify({ services }, null, 2)}\n`;
}

/** One service without a health check. */
export function oneService(version: string, more: Readonly<Record<string, unknown>> = {}): string {
  const web = { image: BUSYBOX_IMAGE, command: RUN, environment: { VERSION: version }, ...more };
  return `${JSON.stringify({ services: { web } }, null, 2)}\n`;
}
