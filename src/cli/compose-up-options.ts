import { type Command, Option } from "commander";
import { TallymanError } from "../error.ts";
import type { Project, Service } from "../project.ts";
import { collect } from "./command-context.ts";
import type { UpOptions } from "./tools.ts";
import { withoutDependencies } from "./without-dependencies.ts";

interface Given {
  readonly wait?: boolean;
  readonly waitTimeout?: string;
  /** False after `--no-start`. */
  readonly start: boolean;
  readonly removeOrphans?: boolean;
  /** True after `--build`, false after `--no-build`. */
  readonly build?: boolean;
  readonly forceRecreate?: boolean;
  /** False after `--no-recreate`. */
  readonly recreate: boolean;
  /** False after `--no-deps`. */
  readonly deps: boolean;
  readonly pull?: string;
  readonly scale?: readonly string[];
  readonly alwaysRecreateDeps?: boolean;
  readonly renewAnonVolumes?: boolean;
  readonly timeout?: string;
}

const PULL_POLICIES = ["always", "missing", "never", "policy"];

/** The options that change what up does, and therefore what plan says. */
export function addUpOptions(command: Command): Command {
  return command
    .option("--no-start", "create the containers, but do not start them")
    .option("--no-deps", "leave out what the named services depend on")
    .option("--force-recreate", "make containers anew though nothing changed")
    .option("--no-recreate", "leave containers that are there as they are")
    .option("--always-recreate-deps", "make anew what the named services depend on, too")
    .option("-V, --renew-anon-volumes", "make containers anew with empty anonymous volumes instead of their own")
    .option("-t, --timeout <seconds>", "how long a container has to stop, instead of its stop_grace_period")
    .option("--build", "build images that are here too")
    .option("--no-build", "build nothing, also when an image is missing")
    .addOption(new Option("--pull <policy>", "instead of each service's own pull_policy").choices(PULL_POLICIES))
    .option(
      "--remove-orphans",
      "remove containers of services that are gone from the file, and one-offs that have ended",
    )
    .option("--scale <service=number>", "how many containers of a service; may be repeated", collect);
}

/** The gate has deadlines of its own; this only bounds a `--wait` without a timeout. */
const LONGEST_WAIT_MS = 3_600_000;

/** Throws InvalidInput that names the option. */
export function upOptionsOf(command: Command, serviceNames: readonly string[]): UpOptions {
  const given = command.optsWithGlobals<Given>();
  const { start, removeOrphans, build, forceRecreate, recreate, wait, waitTimeout } = given;
  if (!recreate) refuseRecreation(given);
  const timeoutMs = waitTimeout === undefined ? LONGEST_WAIT_MS : wholeNumber("--wait-timeout", waitTimeout) * 1_000;
  return {
    start,
    removeOrphans: removeOrphans === true,
    build: build === true,
    recreate: forceRecreate ? "always" : recreate ? "changed" : "never",
    waitMs: wait ? timeoutMs || LONGEST_WAIT_MS : null,
    ...(serviceNames.length > 0 ? { serviceNames } : {}),
    ...(given.alwaysRecreateDeps ? { recreateDependencies: true } : {}),
    ...(given.renewAnonVolumes ? { renewVolumes: true } : {}),
    ...graceOf(given.timeout),
  };
}

/** `--timeout`, in seconds. Throws InvalidInput. */
export function graceOf(timeout: string | undefined): { readonly graceSeconds?: number } {
  return timeout === undefined ? {} : { graceSeconds: wholeNumber("--timeout", timeout) };
}

/** In Docker Compose's words. */
function refuseRecreation({ forceRecreate, alwaysRecreateDeps, renewAnonVolumes }: Given): void {
  const both = [
    ...(renewAnonVolumes ? ["--no-recreate and --renew-anon-volumes"] : []),
    ...(forceRecreate ? ["--force-recreate and --no-recreate"] : []),
    ...(alwaysRecreateDeps ? ["--always-recreate-deps and --no-recreate"] : []),
  ];
  if (both.length === 0) return;
  throw new TallymanError("InvalidInput", `${both[0]} are incompatible`, { hint: "Leave one of them out." });
}

/** What `up` is to work on: the project that was loaded for the named services, with what the options say standing above what the file says. Throws as its parts do. */
export function upProject(project: Project, serviceNames: readonly string[], command: Command): Project {
  const { deps, build, pull } = command.optsWithGlobals<Given>();
  const chosen = scaled(deps ? project : withoutDependencies(project, serviceNames), command);
  const buildless = build === false ? withServices(chosen, unbuilt) : chosen;
  if (pull === undefined || pull === "policy") return buildless;
  return withServices(buildless, (service) => ({ ...service, pull_policy: pull }));
}

function unbuilt(service: Service): Service {
  const copy: { -readonly [Key in keyof Service]: Service[Key] } = { ...service };
  delete copy.build;
  return copy;
}

function withServices(project: Project, change: (service: Service) => Service): Project {
  const services = Object.entries(project.services).map(([name, service]) => [name, change(service)]);
  return { ...project, services: Object.fromEntries(services) };
}

/** The project with what `--scale` says standing above what the file says. Throws InvalidInput, or NotFound for an unknown service. */
function scaled(project: Project, command: Command): Project {
  const scales = (command.optsWithGlobals<Given>().scale ?? []).map(parseScale);
  // What a message says of file and line is known of the loaded project itself, not of a copy.
  if (scales.length === 0) return project;
  const services = { ...project.services };
  for (const [serviceName, scale] of scales) {
    const service = services[serviceName];
    if (!service) {
      throw new TallymanError("NotFound", `--scale ${serviceName}: the project has no such active service`, {
        hint: `It has ${Object.keys(services).join(", ") || "none"}.`,
      });
    }
    services[serviceName] = { ...service, scale };
  }
  return { ...project, services };
}

/** A whole number of an option, zero included. Throws InvalidInput. */
export function wholeNumber(option: string, value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new TallymanError("InvalidInput", `${option} is not a whole number: "${value}"`);
}

function parseScale(text: string): readonly [string, number] {
  const [, serviceName, count] = /^([^=]+)=(\d{1,4})$/.exec(text) ?? [];
  if (serviceName !== undefined && count !== undefined) return [serviceName, Number(count)];
  throw new TallymanError("InvalidInput", `--scale is not SERVICE=NUMBER: "${text}"`, {
    hint: "Write it like --scale web=2.",
  });
}
