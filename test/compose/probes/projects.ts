import { over, type Probe, web, whole } from "./probe.ts";

const B =
  "services:\n  b:\n    image: b\n    environment: { X: '1', Y: '2' }\n    volumes: ['./d:/d']\n    env_file: [b.env]\n    build: ./ctx\n    ports: ['80:80']\n    depends_on: [c]\n    labels: [l=1]\n  c: { image: c }\n";
const extending = (lines: string, others: Readonly<Record<string, string>> = {}): Probe => {
  const probe = web(lines, { "sub/b.yaml": B, "sub/b.env": "FROM=b", ...others });
  return {
    ...probe,
    files: {
      ...probe.files,
      "compose.yaml": `${probe.files["compose.yaml"]}  c: { image: c }\n  d: { image: d, user: u, extends: c }\n`,
    },
  };
};

export const EXTENDS = [
  ...[
    "extends: c",
    "extends: { service: c }",
    "extends: { service: gone }",
    "extends: gone",
    "extends: web",
    "extends: { file: sub/b.yaml, service: b }",
    "extends: { file: sub/b.yaml, service: gone }",
    "extends: { file: gone.yaml, service: b }",
    "extends: { file: sub, service: b }",
    "extends: { file: sub/b.yaml }",
    "extends: {}",
    "extends: []",
    "extends: 1",
    "extends: { service: 1 }",
    "extends: { service: c, odd: 1 }",
    "extends: { file: sub/b.yaml, service: b }\nenvironment: [X=own]\nports: ['80:80', '81:81']\nvolumes: ['./e:/d']\nlabels: { l: '2' }",
    "extends: { file: sub/b.yaml, service: b }\nports: !reset []\nenvironment: !override { Z: '1' }\nbuild: !reset null",
    "extends: { file: ./compose.yaml, service: c }",
    "extends: d",
  ].map((lines) => extending(lines)),
  extending("extends: { file: sub/e.yaml, service: e }", {
    "sub/e.yaml": "services: { e: { image: e, extends: { file: b.yaml, service: b } } }",
  }),
  extending("extends: { file: sub/e.yaml, service: e }", {
    "sub/e.yaml": "services: { e: { extends: { file: ../compose.yaml, service: web } } }",
  }),
  extending("extends: { file: sub/e.yaml, service: e }", { "sub/e.yaml": "volumes: {}" }),
  extending("extends: { file: sub/e.yaml, service: e }", { "sub/e.yaml": "services: []" }),
  extending("extends: { file: sub/e.yaml, service: e }", {
    "sub/e.yaml": "services: { e: { image: '${V:-x}', odd: 1 } }",
  }),
  extending("extends: { file: sub/e.yaml, service: e }", {
    "sub/e.yaml": "services: { e: { image: e } }\n---\nservices: { e: { user: '${V:-x}' } }",
  }),
  extending("extends: { file: sub/e.yaml, service: e }", { "sub/e.yaml": "services: { e: }" }),
  whole("services: { a: { image: a, extends: b }, b: { image: b, extends: a } }"),
  whole("services: { a: { image: a, extends: b }, b: { extends: c }, c: { user: u, profiles: [p] } }"),
  whole(
    "services: { a: { extends: b }, b: { image: b, command: x, healthcheck: { test: a, interval: 1s }, networks: [n], links: [c], volumes_from: [c] }, c: { image: c } }\nnetworks: { n: }",
  ),
];

const INCLUDED = {
  "sub/i.yaml":
    "services: { i: { image: 'i:${V:-d}', volumes: ['./x:/x', 'v:/v'] } }\nvolumes: { v: }\nnetworks: { n: }",
  "sub/.env": "V=sub",
  "sub/j.yaml": "services: { i: { user: u } }",
  "own.env": "V=own",
};
export const INCLUDES = [
  ...[
    "[sub/i.yaml]",
    "[{ path: sub/i.yaml }]",
    "[{ path: [sub/i.yaml, sub/j.yaml] }]",
    "[{ path: sub/i.yaml, project_directory: . }]",
    "[{ path: sub/i.yaml, env_file: own.env }]",
    "[{ path: sub/i.yaml, env_file: [gone.env] }]",
    "[{ path: sub/i.yaml, env_file: sub }]",
    "sub/i.yaml",
    "[gone.yaml]",
    "[1]",
    "[{}]",
    "[{ path: sub/i.yaml, odd: 1 }]",
    "[]",
    "",
    "[sub/i.yaml, sub/i.yaml]",
    "[sub/i.yaml, sub/j.yaml]",
    "[{ path: [] }]",
    "[compose.yaml]",
    "{ path: sub/i.yaml }",
    "[sub]",
  ].map((value) => whole(`include: ${value}\nservices: { web: { image: a } }`, INCLUDED)),
  { ...whole("include: [sub/i.yaml]", INCLUDED), environment: { V: "outer" } },
  whole("include: [sub/i.yaml]\nservices: { i: { image: other } }", INCLUDED),
  whole("include: [sub/i.yaml]\nvolumes: { v: { name: x } }", INCLUDED),
  whole("include: [sub/i.yaml]\nvolumes: { v: }", INCLUDED),
  whole("include: [sub/i.yaml]\nservices: { web: { image: a, depends_on: [i], networks: [n] } }", INCLUDED),
  whole("include: [sub/k.yaml]", {
    ...INCLUDED,
    "sub/k.yaml": "include: [i.yaml]\nservices: { k: { image: k, build: ./c } }",
  }),
  whole("include: [sub/k.yaml]", { "sub/k.yaml": "include: [../compose.yaml]" }),
  whole("include: [sub/k.yaml]", { "sub/k.yaml": "include: [l.yaml]", "sub/l.yaml": "include: [k.yaml]" }),
  whole("include: [sub/k.yaml]", { "sub/k.yaml": "services: { k: { odd: 1 } }" }),
  whole("include: [sub/k.yaml]", { "sub/k.yaml": "" }),
  whole("include: [sub/k.yaml]", {
    "sub/k.yaml": "services: { k: { image: k, extends: { file: m.yaml, service: m } } }",
    "sub/m.yaml": "services: { m: { volumes: ['./m:/m'], env_file: m.env } }",
    "sub/m.env": "A=1",
  }),
  whole("include: [sub/k.yaml]", {
    "sub/k.yaml": "name: other\nservices: { k: { image: k } }\nx-a: 1\nconfigs: { c: { file: ./c } }",
  }),
];

export const MERGES = [
  ...(
    [
      ["{ image: a }", "{ image: b }"],
      ["{ image: a }", "{ user: u }"],
      ["{ image: a }", ""],
      ["{ image: a, user: u }", "{ user: }"],
      ["{ image: a, command: x y }", "{ command: [z] }"],
      ["{ image: a, command: [x] }", "{ command: }"],
      ["{ image: a, command: [x] }", "{ command: [] }"],
      ["{ image: a, environment: { A: 1, B: 2 } }", "{ environment: [B=3, C] }"],
      ["{ image: a, environment: [A=1] }", "{ environment: { A: } }"],
      ["{ image: a, environment: { A: 1 } }", "{ environment: x }"],
      ["{ image: a, labels: [a=1] }", "{ labels: { a: 2, b: 3.0 } }"],
      ["{ image: a, ports: ['80:80'] }", "{ ports: ['80:80', '81:81'] }"],
      ["{ image: a, ports: ['80:80'] }", "{ ports: [{ target: 80, published: '80' }] }"],
      ["{ image: a, ports: ['80-81:80-81'] }", "{ ports: ['81:81'] }"],
      ["{ image: a, ports: ['80:80'] }", "{ ports: !override ['81:81'] }"],
      ["{ image: a, ports: ['80:80'] }", "{ ports: !reset [] }"],
      ["{ image: a, ports: ['80:80'] }", "{ ports: !reset null }"],
      ["{ image: a, user: u }", "{ user: !reset null }"],
      ["{ image: a, user: u }", "{ user: !reset '' }"],
      ["{ image: a, user: u }", "!reset null"],
      ["{ image: a, user: u }", "!override { image: b }"],
      ["{ image: a, environment: { A: 1, B: 2 } }", "{ environment: { A: !reset null } }"],
      ["{ image: a, labels: { a: 1 } }", "{ labels: !override [b=2] }"],
      ["{ image: a, volumes: ['./a:/x', './b:/y'] }", "{ volumes: ['./c:/x/'] }"],
      ["{ image: a, volumes: ['./a:/x:ro'] }", "{ volumes: [{ type: bind, source: ./c, target: /x }] }"],
      ["{ image: a, volumes: [/x] }", "{ volumes: ['./c:/x'] }"],
      ["{ image: a, devices: ['/a:/x'] }", "{ devices: ['/b:/x'] }"],
      ["{ image: a, build: ./x }", "{ build: { dockerfile: D } }"],
      ["{ image: a, build: { context: x, args: { A: 1 } } }", "{ build: ./y }"],
      ["{ image: a, build: { args: [A=1] } }", "{ build: { args: { A: 2, B: } } }"],
      ["{ image: a, depends_on: [web2] }", "{ depends_on: { web2: { condition: service_healthy } } }"],
      ["{ image: a, networks: [default] }", "{ networks: { default: { aliases: [x] } } }"],
      ["{ image: a, networks: { default: { aliases: [x] } } }", "{ networks: [default] }"],
      ["{ image: a, networks: { default: { aliases: [x] } } }", "{ networks: { default: { aliases: [x, y] } } }"],
      ["{ image: a, logging: { driver: x, options: { a: 1 } } }", "{ logging: { options: { b: 2 } } }"],
      ["{ image: a, logging: { driver: x, options: { a: 1 } } }", "{ logging: { driver: y } }"],
      ["{ image: a, logging: { driver: x, options: { a: 1 } } }", "{ logging: { driver: x, options: { b: 1 } } }"],
      ["{ image: a, ulimits: { nofile: 1 } }", "{ ulimits: { nofile: { soft: 1, hard: 2 }, nproc: 3 } }"],
      ["{ image: a, ulimits: { nofile: { soft: 1, hard: 2 } } }", "{ ulimits: { nofile: { hard: 3 } } }"],
      ["{ image: a, healthcheck: { test: a, interval: 1s } }", "{ healthcheck: { test: [CMD, b] } }"],
      ["{ image: a, healthcheck: { test: a } }", "{ healthcheck: { disable: true } }"],
      ["{ image: a, dns: 1.1.1.1 }", "{ dns: [2.2.2.2, 1.1.1.1] }"],
      ["{ image: a, dns_search: a }", "{ dns_search: [b] }"],
      ["{ image: a, tmpfs: /a }", "{ tmpfs: [/a, /b] }"],
      ["{ image: a, extra_hosts: ['h:1'] }", "{ extra_hosts: { h: 2, i: 3 } }"],
      ["{ image: a, extra_hosts: ['h:1'] }", "{ extra_hosts: ['h:1', 'h:2'] }"],
      ["{ image: a, cap_add: [A] }", "{ cap_add: [A, B] }"],
      ["{ image: a, cap_add: [A] }", "{ cap_add: A }"],
      ["{ image: a, expose: [80] }", "{ expose: ['80', 81] }"],
      ["{ image: a, sysctls: { a: 1 } }", "{ sysctls: [a=2, b=3] }"],
      ["{ image: a, annotations: { a: 1 } }", "{ annotations: [a=2] }"],
      ["{ image: a, deploy: { replicas: 1, labels: { a: 1 } } }", "{ deploy: { replicas: 2, labels: [b=2] } }"],
      [
        "{ image: a, deploy: { resources: { limits: { cpus: '1' } } } }",
        "{ deploy: { resources: { limits: { memory: 1g } } } }",
      ],
      ["{ image: a, secrets: [] }", "{ secrets: [] }"],
      ["{ image: a, profiles: [p] }", "{ profiles: [] }"],
      ["{ image: a, profiles: [p] }", "{ profiles: !reset [] }"],
      ["{ image: a, entrypoint: a }", "{ entrypoint: '' }"],
      ["{ image: a, labels: { a: 1 } }", "[]"],
      ["{ image: a, healthcheck: { test: a } }", "{ healthcheck: x }"],
      ["{ image: a, group_add: [1] }", "{ group_add: [1, 2] }"],
      ["{ image: a, security_opt: [a] }", "{ security_opt: [a] }"],
      ["{ image: a, links: [] }", "{ scale: 2 }"],
      ["{ image: a, storage_opt: { a: 1 } }", "{ storage_opt: { b: 2 } }"],
      ["{ image: a, x-a: { b: [1] } }", "{ x-a: { b: [2] } }"],
      ["{ image: a, x-a: 1 }", "{ x-a: [2] }"],
      ["{ image: a, gpus: all }", "{ gpus: [{ count: 1 }] }"],
      ["{ image: a, init: true }", "{ init: false }"],
      ["{ image: a, command: !reset [x] }", "{}"],
      ["{ image: a, environment: !override { A: 1 } }", "{ environment: { B: 2 } }"],
      ["{ image: a, ports: ['80:80'], <<: { user: u } }", "{ <<: { user: !reset null } }"],
      ["{ image: a, env_file: [] }", "{ label_file: [] }"],
      [
        "{ image: a, blkio_config: { weight: 1 } }",
        "{ blkio_config: { weight: 2, device_read_bps: [{ path: a, rate: 1 }] } }",
      ],
      ["{ image: a, post_start: [{ command: a }] }", "{ post_start: [{ command: b }] }"],
      ["{ image: a, credential_spec: { file: a } }", "{ credential_spec: { config: b } }"],
      ["{ image: a, models: [] }", "{ models: {} }"],
    ] as const
  ).map(([base, override]) => over(base, override)),
  {
    name: "networks laid over each other",
    files: {
      "a.yaml":
        "services: { web: { image: a, networks: [n] } }\nnetworks: { n: { ipam: { config: [{ subnet: 1.0.0.0/8, gateway: 1.0.0.1 }] }, labels: { a: 1 } } }",
      "b.yaml":
        "networks: { n: { ipam: { config: [{ subnet: 1.0.0.0/8, ip_range: 1.0.0.0/16 }, { subnet: 2.0.0.0/8 }] }, labels: [a=2], driver: d } }",
    },
    given: ["a.yaml", "b.yaml"],
  },
  {
    name: "networks with other subnets",
    files: {
      "a.yaml":
        "services: { web: { image: a, networks: [n] } }\nnetworks: { n: { ipam: { config: [{ subnet: 1.0.0.0/8 }, { subnet: 3.0.0.0/8 }] } } }",
      "b.yaml": "networks: { n: { ipam: { config: [{ subnet: 2.0.0.0/8 }] } } }",
    },
    given: ["a.yaml", "b.yaml"],
  },
  {
    name: "volumes laid over each other",
    files: {
      "a.yaml": "services: { web: { image: a, volumes: ['v:/v'] } }\nvolumes: { v: { labels: { a: 1 } } }",
      "b.yaml": "volumes: { v: { external: true } }",
    },
    given: ["a.yaml", "b.yaml"],
  },
  {
    name: "a whole section reset",
    files: {
      "a.yaml": "services: { web: { image: a }, b: { image: b } }\nnetworks: { n: }",
      "b.yaml": "services: { b: !reset null }\nnetworks: !reset {}",
    },
    given: ["a.yaml", "b.yaml"],
  },
  {
    name: "the name of the last file",
    files: { "a.yaml": "name: first\nservices: { web: { image: a } }", "b.yaml": "name: second" },
    given: ["a.yaml", "b.yaml"],
  },
  {
    name: "an override that is wrong",
    files: { "a.yaml": "services: { web: { image: a } }", "b.yaml": "services: { web: { odd: 1 } }" },
    given: ["a.yaml", "b.yaml"],
  },
  {
    name: "a file that is missing",
    files: { "a.yaml": "services: { web: { image: a } }" },
    given: ["a.yaml", "gone.yaml"],
  },
  {
    name: "two files found",
    files: {
      "compose.yaml": "services: { web: { image: a } }",
      "docker-compose.yml": "services: { other: { image: b } }",
    },
  },
  {
    name: "an override found",
    files: {
      "compose.yaml": "services: { web: { image: a } }",
      "compose.override.yaml": "services: { web: { user: a } }",
      "compose.override.yml": "services: { web: { user: b } }",
    },
  },
  {
    name: "paths of a file in a folder",
    files: {
      "sub/a.yaml": "services: { web: { image: a, volumes: ['./x:/x'], env_file: a.env } }",
      "sub/a.env": "A=1",
      "sub/.env": "B=2",
    },
    given: ["sub/a.yaml"],
  },
];

const SERVICES = [
  "a: { image: a, depends_on: [b] }, b: { image: b }",
  "a: { image: a, depends_on: { b: { condition: service_healthy } } }, b: { image: b }",
  "a: { image: a, depends_on: { b: { condition: service_completed_successfully, restart: true, required: false } } }, b: { image: b }",
  "a: { image: a, depends_on: { b: { condition: odd } } }, b: { image: b }",
  "a: { image: a, depends_on: { b: } }, b: { image: b }",
  "a: { image: a, depends_on: { b: {} } }, b: { image: b }",
  "a: { image: a, depends_on: b }, b: { image: b }",
  "a: { image: a, depends_on: [gone] }",
  "a: { image: a, depends_on: { gone: { condition: service_started, required: false } } }",
  "a: { image: a, depends_on: [a] }",
  "a: { image: a, depends_on: [b] }, b: { image: b, depends_on: [a] }",
  "a: { image: a, links: [b] }, b: { image: b, depends_on: [a] }",
  "a: { image: a, depends_on: [b, b] }, b: { image: b }",
  "a: { image: a, depends_on: [b] }, b: { image: b, profiles: [p] }",
  "a: { image: a, depends_on: { b: { condition: service_started, required: false } } }, b: { image: b, profiles: [p] }",
  "a: { image: a, network_mode: 'service:b', pid: 'service:b', ipc: 'service:b' }, b: { image: b }",
  "a: { image: a, links: [b], depends_on: { b: { condition: service_healthy } } }, b: { image: b }",
  "a: { image: a, volumes_from: ['b:ro'] }, b: { image: b }",
  "a: { image: a, profiles: [p] }",
  "a: { image: a, profiles: [p, q] }, b: { image: b, profiles: [r] }, c: { image: c }",
  "a: { image: a, container_name: n }, b: { image: b }",
  "a: { build: . , depends_on: [b] }, b: { build: { context: ., additional_contexts: { x: 'service:a' } } }",
  "a: { build: { context: ., additional_contexts: { x: 'service:gone' } } }",
  "a: { build: { context: ., additional_contexts: { x: 'service:b' } } }, b: { image: b }",
  "a: { }",
  "a: { command: x }",
  "a: { provider: { type: x } }",
  "a: { image: a, volumes_from: [a] }",
  "a: { image: a, network_mode: 'service:a' }",
  "a: { image: a, depends_on: { b: { condition: service_started, restart: 'yes' } } }, b: { image: b }",
  "a: { image: a, depends_on: { b: { condition: service_started, odd: 1 } } }, b: { image: b }",
  "a: { image: a, depends_on: { b: { condition: service_started, x-a: 1 } } }, b: { image: b }",
  "a: { image: a, pid: 'service:gone' }",
  "a: { image: a, depends_on: [b] }, b: { image: b, depends_on: [c] }, c: { image: c, depends_on: [a] }",
  "a10: { image: a }, a9: { image: a }, A: { image: a }",
];

export const SERVICE_GRAPHS = [
  ...SERVICES.map((services) => whole(`services: { ${services} }`)),
  ...[["p"], ["q"], ["r", "p"], ["*"], ["gone"]].map((profiles) => ({
    ...whole(`services: { ${SERVICES[19]} }`),
    name: `profiles ${profiles.join(" and ")}`,
    profiles,
  })),
  { ...whole(`services: { ${SERVICES[13]} }`), name: "a profile that a dependency needs", profiles: ["p"] },
  { ...whole(`services: { ${SERVICES[19]} }`), name: "COMPOSE_PROFILES", environment: { COMPOSE_PROFILES: "q, r" } },
];
