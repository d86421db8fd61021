import { stringify } from "yaml";
import { BUSYBOX_IMAGE } from "../support/images.ts";

// The Compose files that are measured, written as people write them.

/** Ends at SIGTERM, waits without a stir: what is measured is neither a grace period nor the containers' own work. */
const QUIET = ["sh", "-c", "trap 'exit 0' TERM; sleep 86400 & wait"];
const HEALTHCHECK = { test: ["CMD", "true"], interval: "1s", timeout: "2s", retries: 3 };

function written(services: object, more: object = {}): string {
  return stringify({ services, ...more }, { aliasDuplicateObjects: false });
}

function numbered<Value>(count: number, value: (index: number) => Value): Readonly<Record<string, Value>> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`service${index}`, value(index)]));
}

/** Ten services that run, none of which waits for another; `version` stands in the environment of one of them. */
export function tenServices(version = "1"): string {
  return written(
    numbered(10, (index) => ({
      image: BUSYBOX_IMAGE,
      command: QUIET,
      environment: { VERSION: index === 5 ? version : "1", ROLE: `number ${index}` },
      volumes: ["data:/data"],
    })),
    { volumes: { data: {} } },
  );
}

/** Two databases, four applications, four fronts: each level waits until the one below is healthy. */
export function threeLevels(): string {
  const level = (index: number): number => (index < 2 ? 0 : index < 6 ? 1 : 2);
  const below = (index: number): readonly number[] =>
    Array.from({ length: 10 }, (_, other) => other).filter((other) => level(other) === level(index) - 1);
  return written(
    numbered(10, (index) => ({
      image: BUSYBOX_IMAGE,
      command: QUIET,
      healthcheck: HEALTHCHECK,
      depends_on: Object.fromEntries(below(index).map((one) => [`service${one}`, { condition: "service_healthy" }])),
    })),
  );
}

/** What a grown file looks like: settings, ports, mounts, interpolation. Never run. */
export function thirtyServices(): string {
  return written(
    numbered(30, (index) => ({
      image: `registry.example.com/team/app${index}:\${TAG:-1.2.3}`,
      command: ["serve", "--port", "8080"],
      environment: Object.fromEntries(
        Array.from({ length: 12 }, (_, at) => [`SETTING_${at}`, `\${VALUE_${at}:-${at}}`]),
      ),
      ports: [`${8_000 + index}:8080`, `127.0.0.1:${9_000 + index}:9090/udp`],
      volumes: [`./config/app${index}:/etc/app:ro`, `data${index % 5}:/var/lib/app`],
      networks: ["front", "back"],
      healthcheck: { ...HEALTHCHECK, interval: "10s" },
      labels: { "com.example.team": "platform", "com.example.index": String(index) },
      deploy: { resources: { limits: { cpus: "0.5", memory: "256M" } } },
      restart: "unless-stopped",
      ...(index === 0 ? {} : { depends_on: [`service${index - 1}`] }),
    })),
    {
      networks: { front: {}, back: { internal: true } },
      volumes: Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`data${index}`, {}])),
    },
  );
}
