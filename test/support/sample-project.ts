import { type ConfigHash, emptyProject, type Project, type Service } from "../../src/project.ts";

/** The "hash" of a definition is its own text. */
export function textHash(service: Service): ConfigHash {
  return { a: JSON.stringify(service), b: "b" };
}

/** A canonical project for pure tests; the "hash" is the definition's own text, so that any change of it changes the hash. */
export function sampleProject(services: Readonly<Record<string, Partial<Service>>>, name = "shop"): Project {
  const full = Object.fromEntries(
    Object.entries(services).map(([key, service]): [string, Service] => [
      key,
      {
        command: null,
        entrypoint: null,
        image: `${key}:1`,
        restart: "always",
        networks: { default: null },
        ...service,
      },
    ]),
  );
  const volumeKeys = Object.values(full).flatMap((service) =>
    (service.volumes ?? []).flatMap((mount) => (mount.type === "volume" && mount.source ? [mount.source] : [])),
  );
  return {
    ...emptyProject(name),
    workingDir: `/srv/${name}`,
    files: [`/srv/${name}/compose.yaml`],
    services: full,
    networks: { default: { name: `${name}_default`, ipam: {} } },
    volumes: Object.fromEntries(volumeKeys.map((key) => [key, { name: `${name}_${key}` }])),
    hashes: {
      services: Object.fromEntries(Object.entries(full).map(([key, service]) => [key, textHash(service)])),
      networks: { default: "n" },
      volumes: {},
    },
  };
}
