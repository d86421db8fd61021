import type { Command } from "commander";
import { TallymanError } from "../error.ts";
import type { Project } from "../project.ts";
import { collect } from "./command-context.ts";
import type { UpOptions } from "./tools.ts";

interface Given {
  readonly wait?: boolean;
  readonly waitTimeout?: string;
  /** False after `--no-start`. */
  readonly start: boolean;
  readonly removeOrphans?: boolean;
  readonly build?: boolean;
  readonly scale?: readonly string[];
}

/** The options that change what up does, and therefore what plan says. */
export function addUpOptions(command: Command): Command {
  return command
    .option("--no-start", "create the containers, but do not start them")
    .option("--build", "build images that are here too")
    .option("--remove-orphans", "remove containers of services that are gone from the file")
    .option("--scale <service=number>", "how many containers of a service; may be repeated", collect);
}

/** The gate has deadlines of its own; this only bounds a `--wait` without a timeout. */
const LONGEST_WAIT_MS = 3_600_000;

/** Throws InvalidInput that names the option. */
export function upOptionsOf(command: Command): UpOptions {
  const given = command.optsWithGlobals<Given>();
  const timeoutMs = given.waitTimeout === undefined ? null : wholeNumber("--wait-timeout", given.waitTimeout) * 1_000;
  return {
    start: given.start,
    removeOrphans: given.removeOrphans === true,
    build: given.build === true,
    waitMs: timeoutMs ?? (given.wait ? LONGEST_WAIT_MS : null),
  };
}

/** The project with what `--scale` says standing above what the file says. Throws InvalidInput, or NotFound for an unknown service. */
export function scaled(project: Project, command: Command): Project {
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
