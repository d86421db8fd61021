import { type Build, expectedReplicas, type FileReference, type Project, type Service } from "../project.ts";
import { refuseCycle } from "./check-cycle.ts";
import { ComposeFault } from "./compose-fault.ts";

interface Subject {
  readonly project: Project;
  readonly name: string;
  readonly service: Service;
}

/** What must hold between services and resources once profiles are chosen. Source: compose-go checkConsistency. */
export function checkProject(project: Project): void {
  const names = Object.keys(project.services).sort();
  for (const name of names) {
    const service = project.services[name];
    if (service) for (const check of CHECKS) check({ project, name, service });
  }
  refuseCycle(project);
  secretsHaveContent(project);
}

function invalid(message: string, keys: readonly string[], hint: string): ComposeFault {
  return new ComposeFault(`${message}: invalid compose project`, ["services", ...keys], hint);
}

function hasImage({ name, service }: Subject): void {
  if (service.image || service.build || service.provider) return;
  throw invalid(
    `service "${name}" has neither an image nor a build context specified`,
    [name],
    "Add image: or build:.",
  );
}

function buildAgrees({ name, service, project }: Subject): void {
  const { build, platform } = service;
  if (!build) return;
  if (build.dockerfile && build.dockerfile_inline)
    throw invalid(
      `service "${name}" declares mutualy exclusive dockerfile and dockerfile_inline`,
      [name, "build"],
      "Keep one.",
    );
  if (platform && build.platforms && !build.platforms.includes(platform))
    throw invalid(
      `service.build.platforms MUST include service.platform "${platform}"`,
      [name, "build", "platforms"],
      `Add ${platform}.`,
    );
  checkContexts(name, build, project);
}

function checkContexts(name: string, build: Build, { services }: Project): void {
  for (const [key, context] of Object.entries(build.additional_contexts ?? {})) {
    if (!context.startsWith("service:")) continue;
    const target = context.slice("service:".length);
    const other = Object.hasOwn(services, target) ? services[target] : undefined;
    if (other?.build) continue;
    const what = other ? "non-buildable" : "unknown";
    const message = `service "${name}" declares ${what} service "${target}" as additional contexts ${key}`;
    throw new ComposeFault(
      message,
      ["services", name, "build", "additional_contexts", key],
      "Name a service that is built here.",
    );
  }
}

function networksAgree({ name, service, project }: Subject): void {
  const networks = Object.keys(service.networks ?? {});
  if (service.network_mode && networks.length > 0)
    throw invalid(
      `service ${name} declares mutually exclusive \`network_mode\` and \`networks\``,
      [name, "network_mode"],
      "Keep one.",
    );
  known(networks, project.networks, { name, what: "network", key: "networks" });
}

function known(keys: readonly string[], declared: object, at: { name: string; what: string; key: string }): void {
  const missing = keys.find((key) => !Object.hasOwn(declared, key));
  if (missing === undefined) return;
  const message = `service "${at.name}" refers to undefined ${at.what} ${missing}`;
  const hint =
    at.key === "volumes"
      ? `Declare it under volumes:, or write ./${missing} for a folder.`
      : `Declare it under ${at.key}:.`;
  throw invalid(message, [at.name, at.key, missing], hint);
}

function healthcheckStarts({ name, service }: Subject): void {
  const first = service.healthcheck?.test?.[0];
  if (first === undefined || ["CMD", "CMD-SHELL", "NONE"].includes(first)) return;
  const message = 'healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE"';
  throw new ComposeFault(
    message,
    ["services", name, "healthcheck", "test"],
    'Put "CMD" in front, or write it as one string.',
  );
}

function dependenciesExist({ name, service, project }: Subject): void {
  for (const [other, { required }] of Object.entries(service.depends_on ?? {})) {
    if (Object.hasOwn(project.services, other)) continue;
    if (!required && project.disabledServices.includes(other)) continue;
    const hint = project.disabledServices.includes(other)
      ? "Enable its profile, or say required: false."
      : `Add the service "${other}".`;
    throw invalid(`service "${name}" depends on undefined service "${other}"`, [name, "depends_on", other], hint);
  }
}

function resourcesExist({ name, service, project }: Subject): void {
  const volumes = (service.volumes ?? []).flatMap(({ type, source }) => (type === "volume" && source ? [source] : []));
  known(volumes, project.volumes, { name, what: "volume", key: "volumes" });
  const buildSecrets = (service.build?.secrets ?? []).map(({ source }) => source);
  known(buildSecrets, project.secrets, { name, what: "build secret", key: "secrets" });
  known((service.configs ?? []).map(sourceOf), project.configs, { name, what: "config", key: "configs" });
  known(Object.keys(service.models ?? {}), project.models, { name, what: "model", key: "models" });
  known((service.secrets ?? []).map(sourceOf), project.secrets, { name, what: "secret", key: "secrets" });
}

/** A reference is only known to have a source once it passed this check. */
function sourceOf(reference: Partial<FileReference>): string {
  return reference.source ?? "";
}

function replicasAgree({ name, service }: Subject): void {
  const { scale, deploy, container_name } = service;
  const replicas = deploy?.replicas;
  if (scale !== undefined && replicas !== undefined && scale !== replicas)
    throw distinct(name, "scale", "deploy.replicas");
  const attribute = scale === undefined ? "deploy.replicas" : "scale";
  if (expectedReplicas(service) < 0)
    throw invalid(
      `services.${name}.${attribute}: must be greater than or equal to 0`,
      [name, ...attribute.split(".")],
      "Write 0 or more.",
    );
  if (container_name && expectedReplicas(service) > 1)
    throw invalid(
      `services.${name}: can't set container_name and ${attribute} as container name must be unique`,
      [name, "container_name"],
      "Remove container_name.",
    );
}

function distinct(name: string, one: string, other: string): ComposeFault {
  const message = `services.${name}: can't set distinct values on '${one}' and '${other}'`;
  return invalid(message, [name, ...one.split(".")], `Remove ${one} or ${other}.`);
}

function limitsAgree({ name, service }: Subject): void {
  const { limits, reservations } = service.deploy?.resources ?? {};
  type Amount = string | number | undefined;
  const pairs: readonly [Amount, Amount, string, string][] = [
    [service.cpus, limits && (limits.cpus ?? 0), "cpus", "deploy.resources.limits.cpus"],
    [service.mem_limit, limits && (limits.memory ?? "0"), "mem_limit", "deploy.resources.limits.memory"],
    [
      service.mem_reservation,
      reservations && (reservations.memory ?? "0"),
      "mem_reservation",
      "deploy.resources.reservations.memory",
    ],
    [service.pids_limit, limits && (limits.pids ?? 0), "pids_limit", "deploy.resources.limits.pids"],
  ];
  for (const [own, other, one, two] of pairs)
    if (own !== undefined && other !== undefined && String(own) !== String(other)) throw distinct(name, one, two);
}

function targetsDiffer({ name, service }: Subject): void {
  const tmpfs = (service.tmpfs ?? []).map((mount, index) => [mount.split(":")[0] ?? "", "tmpfs", index] as const);
  const volumes = (service.volumes ?? []).map(({ target }, index) => [target, "volumes", index] as const);
  const seen = new Map<string, string>();
  for (const [target, key, index] of [...tmpfs, ...volumes]) {
    const place = `services.${name}.${key}[${index}]`;
    const before = seen.get(target);
    if (before !== undefined)
      throw new ComposeFault(
        `${place}: target ${target} already mounted as ${before}`,
        ["services", name, key, String(index)],
        "Keep one of them.",
      );
    seen.set(target, place);
  }
}

function watchesHaveTargets({ name, service }: Subject): void {
  const watches = (service.develop?.["watch"] ?? []) as readonly {
    readonly action?: string;
    readonly target?: string;
  }[];
  if (watches.every(({ action, target }) => target || action === "rebuild" || action === "restart")) return;
  const message = `services.${name}.develop.watch: target is required for non-rebuild actions`;
  throw invalid(message, [name, "develop", "watch"], "Add target: the folder in the container.");
}

function secretsHaveContent({ secrets }: Project): void {
  for (const [key, { external, file, environment }] of Object.entries(secrets)) {
    if (external || file || environment) continue;
    const message = `secret "${key}" must declare either \`file\` or \`environment\`: invalid compose project`;
    throw new ComposeFault(message, ["secrets", key], "Add file: or environment:.");
  }
}

const CHECKS: readonly ((subject: Subject) => void)[] = [
  hasImage,
  buildAgrees,
  networksAgree,
  healthcheckStarts,
  dependenciesExist,
  resourcesExist,
  replicasAgree,
  limitsAgree,
  targetsDiffer,
  watchesHaveTargets,
];
