import type { Position } from "../error.ts";
import type { Project, ProjectHashes, Service } from "../project.ts";
import type { LoadRequest, ProjectFiles } from "../project-files.ts";
import { bindObject } from "./bind.ts";
import { checkContainerNames } from "./check-container-names.ts";
import { checkProject } from "./check-project.ts";
import { chooseServices } from "./choose-services.ts";
import { ComposeFault, locating, nearestPosition, type Positions } from "./compose-fault.ts";
import { type Environment, lookupIn, readServiceFiles, withLabelFilesRead } from "./environment.ts";
import { networkHash, serviceHash, volumeHash } from "./hash.ts";
import { loadModel } from "./load-model.ts";
import type { ModelContext } from "./model-context.ts";
import { normalize } from "./normalize.ts";
import { type Opening, openProject } from "./open-project.ts";
import { selectServices, withoutUnused } from "./profiles.ts";
import { FILE_OBJECT, MODEL, NETWORK, SERVICE, type Shape, VOLUME } from "./shape.ts";
import {
  entry,
  isMapping,
  type Mapping,
  mapEntries,
  type Path,
  section,
  showScalar,
  toList,
  type Value,
  withEntry,
} from "./tree.ts";

/** Positions by the services of a project, so that a copy of the project with the same services still has them. */
const positionsOf = new WeakMap<Project["services"], Positions>();

/**
 * What the Compose files ask for, as Docker Compose 2.40 understands them: found, read, interpolated, extended, included,
 * merged, validated, made canonical, normalised, reduced to the active profiles and hashed. Reads through `files` alone.
 * Throws TallymanError (ComposeFileMissing, ComposeInvalid, ComposeUnsupported, VariableMissing) with file, line and column.
 */
export function loadProject(files: ProjectFiles, request: LoadRequest): Project {
  const opening = openProject(files, request);
  const { found, name, context } = opening;
  const { notes, environment, leaveOut } = context;
  const model = loadModel(found.files, context);
  return locating(notes.positions, found.files[0], () => {
    if (Object.keys(model).length === 0)
      throw new ComposeFault("empty compose file", [], "Add services: with at least one service.");
    const normal = leaveOut.has("normalization") ? model : normalize(model, name, lookupIn(environment));
    const profiles = profilesOf(request, environment);
    const project = projectOf(normal, opening, request, profiles);
    if (!leaveOut.has("consistency")) checkProject(project);
    const { services: named = [] } = request;
    const more = profilesOfNamed(named, project, normal);
    const enabled = more.length > 0 ? projectOf(normal, opening, request, [...profiles, ...more]) : project;
    const chosen = named.length > 0 ? chooseServices(enabled, named) : enabled;
    if (!leaveOut.has("consistency")) checkContainerNames(chosen);
    const used = finished(withFilesRead(chosen, normal, context));
    positionsOf.set(used.services, notes.positions);
    return used;
  });
}

/** Where a dotted path (`services.web.privileged`) was written, or the nearest thing around it. */
export function positionOf(project: Project, path: string): Position | undefined {
  const positions = positionsOf.get(project.services);
  return positions && nearestPosition(positions, path.split("."));
}

function projectOf(
  model: Mapping,
  { name, found, context: { notes } }: Opening,
  request: LoadRequest,
  profiles: readonly string[],
): Project {
  const { services, disabled } = selectServices(section(model, "services"), profiles);
  const warn = (message: string) => notes.warn(message);
  const bound = mapEntries(services, (service, serviceName) => boundService(service, ["services", serviceName], warn));
  return {
    name,
    workingDir: found.directory,
    files: found.files,
    envFiles: request.envFiles,
    services: typed<Project["services"]>(bound),
    disabledServices: disabled,
    ...resources(model, warn),
    extensions: Object.fromEntries(Object.entries(model).filter(([key]) => key.startsWith("x-"))),
    hashes: { services: {}, networks: {}, volumes: {} },
    warnings: [...notes.warnings],
  };
}

function boundService(service: Value, path: Path, warn: (message: string) => void): Mapping {
  return withScale(bindObject(isMapping(service) ? service : {}, SERVICE, path, warn));
}

/** The active services with their env and label files read: after the checks, as Docker Compose has it. */
function withFilesRead(
  project: Project,
  model: Mapping,
  { files, environment, notes, leaveOut }: ModelContext,
): Project {
  const substitution = { lookup: lookupIn(environment), onUnset: (variable: string) => notes.unset(variable) };
  const sources = section(model, "services");
  const services = Object.entries(project.services).map(([name, bound]) => {
    const source = section(sources, name);
    if (!Object.hasOwn(source, "env_file") && !Object.hasOwn(source, "label_file")) return [name, bound];
    const path = ["services", name];
    const complete = leaveOut.has("env-files")
      ? withEntry(withLabelFilesRead(source, path, files, substitution), "label_file", undefined)
      : readServiceFiles(source, path, files, substitution);
    return [name, boundService(complete, path, () => undefined)];
  });
  return {
    ...project,
    services: Object.fromEntries(services),
    configs: withVariablesRead(project.configs, environment),
    secrets: withVariablesRead(project.secrets, environment),
    warnings: [...notes.warnings],
  };
}

/** What `environment: NAME` of a config or secret stands for; left out while the variable is unset, which a start will complain about. */
function withVariablesRead(objects: Project["secrets"], environment: Environment): Project["secrets"] {
  const read = Object.entries(objects).map(([key, object]) => {
    const content = object.environment === undefined ? undefined : environment.get(object.environment);
    return [key, content === undefined ? object : { ...object, content }];
  });
  return Object.fromEntries(read);
}

function profilesOf({ profiles }: LoadRequest, environment: Environment): readonly string[] {
  if (profiles.length > 0) return profiles;
  return (environment.get("COMPOSE_PROFILES") ?? "").split(",").map((profile) => profile.trim());
}

/** To name a service that a profile keeps out is to enable its profiles. */
function profilesOfNamed(names: readonly string[], { disabledServices }: Project, model: Mapping): readonly string[] {
  const services = section(model, "services");
  return names
    .filter((name) => disabledServices.includes(name))
    .flatMap((name) => toList(entry(services[name], "profiles")).map(showScalar));
}

/** With a deploy section, `scale` is its number of replicas too. */
function withScale(service: Mapping): Mapping {
  const [scale, deploy] = [entry(service, "scale"), entry(service, "deploy")];
  if (scale === undefined || !isMapping(deploy) || Object.hasOwn(deploy, "replicas")) return service;
  return { ...service, deploy: { ...deploy, replicas: scale } };
}

function resources(model: Mapping, warn: (message: string) => void) {
  for (const [key, network] of Object.entries(section(model, "networks")))
    if (Object.keys(section(section(network, "ipam"), "options")).length > 0)
      warn(`networks.${key}.ipam.options is ignored, as Docker Compose 2.40 ignores it`);
  const boundAll = <Bound>(kind: string, shape: Shape) =>
    typed<Bound>(
      mapEntries(section(model, kind), (value, key) =>
        bindObject(isMapping(value) ? value : {}, shape, [kind, key], warn),
      ),
    );
  return {
    networks: boundAll<Project["networks"]>("networks", NETWORK),
    volumes: boundAll<Project["volumes"]>("volumes", VOLUME),
    configs: boundAll<Project["configs"]>("configs", FILE_OBJECT),
    secrets: boundAll<Project["secrets"]>("secrets", FILE_OBJECT),
    models: boundAll<Project["models"]>("models", MODEL),
  };
}

/** The binder made every value of the kind that its shape says, and the shapes are the vocabulary's types. */
function typed<Bound>(value: Mapping): Bound {
  return value as unknown as Bound;
}

/** Drops what no active service uses and hashes the rest. */
function finished(project: Project): Project {
  const { services, networks, volumes, configs, secrets, models } = project;
  const whole = { services, networks, volumes, configs, secrets, models } as unknown as Mapping;
  const used = typed<typeof whole & Pick<Project, "networks" | "volumes" | "configs" | "secrets" | "models">>(
    withoutUnused(whole),
  );
  return { ...project, ...used, hashes: hashesOf(services, used) };
}

function hashesOf(
  services: Readonly<Record<string, Service>>,
  { networks, volumes }: Pick<Project, "networks" | "volumes">,
): ProjectHashes {
  return {
    services: each(services, serviceHash),
    networks: each(networks, networkHash),
    volumes: each(volumes, volumeHash),
  };
}

function each<Item, Hash>(items: Readonly<Record<string, Item>>, hash: (item: Item) => Hash): Record<string, Hash> {
  return Object.fromEntries(Object.entries(items).map(([key, item]) => [key, hash(item)]));
}
