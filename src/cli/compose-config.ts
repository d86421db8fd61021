import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { TallymanError } from "../error.ts";
import { imageOf, type Project } from "../project.ts";
import type { LoadStep } from "../project-files.ts";
import type { Context } from "./command-context.ts";
import { hashLines } from "./compose-hash.ts";
import { composeCommand, loadProject, loadRequestOf, warn } from "./compose-request.ts";

interface ConfigOptions {
  readonly format?: "yaml" | "json";
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly output?: string;
  /** These four are false after `--no-…`. */
  readonly interpolate: boolean;
  readonly normalize: boolean;
  readonly pathResolution: boolean;
  readonly consistency: boolean;
  readonly hash?: string;
  readonly services?: boolean;
  readonly images?: boolean;
  readonly volumes?: boolean;
  readonly networks?: boolean;
  readonly models?: boolean;
  readonly profiles?: boolean;
  readonly variables?: boolean;
  readonly environment?: boolean;
  readonly resolveImageDigests?: boolean;
  readonly lockImageDigests?: boolean;
}

export function addComposeConfig(group: Command, context: Context): void {
  composeCommand(group, "config [service...]", "print the resolved model, as `docker compose config` prints it")
    .addOption(new Option("--format <format>", "how to print it (default: yaml)").choices(["yaml", "json"]))
    .option("--json", "the same as --format json")
    .option("-q, --quiet", "only check, print nothing")
    .option("-o, --output <file>", "write to a file instead of printing")
    .option("--no-interpolate", "leave variables as they stand in the files")
    .option("--no-normalize", "leave out implied networks, names and dependencies")
    .option("--no-path-resolution", "leave paths relative")
    .option("--no-consistency", "do not check that services and resources fit together")
    .option(
      "--no-env-resolution",
      "accepted for habit: env files are read in any case, as Docker Compose 2.40 reads them",
    )
    .option("--hash <services>", "print `service hash` lines of these services, with commas between; '*' for all")
    .option("--services", "print the names of the services")
    .option("--images", "print the images")
    .option("--volumes", "print the names of the volumes")
    .option("--networks", "print the names of the networks")
    .option("--models", "print the models")
    .option("--profiles", "print the profiles that services name")
    .option("--variables", "print the variables that the files name, with their defaults")
    .option("--environment", "print the variables that templates see")
    .option("--resolve-image-digests", "refused: the digests stand in registries, and config asks nobody")
    .option("--lock-image-digests", "refused, likewise")
    .action(async (services: readonly string[], options: ConfigOptions, self: Command) => {
      refuseDigests(options);
      const text = await selected(context, self, options, services);
      if (options.quiet) return;
      if (options.output === undefined) context.tools.stdout.write(text);
      else await writeFile(resolve(context.tools.host.cwd, options.output), text);
    });
}

function refuseDigests({ resolveImageDigests, lockImageDigests }: ConfigOptions): void {
  if (!resolveImageDigests && !lockImageDigests) return;
  const option = resolveImageDigests ? "--resolve-image-digests" : "--lock-image-digests";
  throw new TallymanError("InvalidInput", `${option} is not supported: config reads files and asks no registry`, {
    hint: "Write image: name@sha256:…; a stack's releases keep the digests of what they run by themselves.",
  });
}

async function selected(
  context: Context,
  self: Command,
  options: ConfigOptions,
  services: readonly string[],
): Promise<string> {
  const { compose } = context.tools;
  const format = options.json ? "json" : options.format;
  const leaveOut = leftOut(options);
  if (options.variables || (!options.interpolate && !wantsNames(options))) {
    const request = { ...(await loadRequestOf(context, self)), leaveOut };
    const { text, warnings } = options.variables
      ? await compose.variables(request, format ?? "table")
      : await compose.renderModel(request, format ?? "yaml");
    warn(context, warnings);
    return text;
  }
  if (options.profiles) return eachOnLine(await profilesOf(context, self));
  const request = await loadRequestOf(context, self, listsAll(options) ? [] : services);
  const project = await loadProject(context, request, leaveOut);
  if (options.environment) return eachOnLine(await compose.environment(request));
  return names(project, options) ?? (await compose.render(project, format ?? "yaml"));
}

function leftOut(options: ConfigOptions): readonly LoadStep[] {
  const { interpolate, normalize, pathResolution, consistency, environment } = options;
  return [
    ...(interpolate ? [] : (["interpolation"] as const)),
    ...(normalize ? [] : (["normalization"] as const)),
    ...(pathResolution ? [] : (["paths"] as const)),
    ...(consistency ? [] : (["consistency"] as const)),
    // No list needs what env files say; and Docker Compose hashes here what the file says, on a container what they say too.
    ...(wantsNames(options) && !environment ? (["env-files"] as const) : []),
  ];
}

function wantsNames(options: ConfigOptions): boolean {
  const { hash, services, images, volumes, networks, models, profiles, environment } = options;
  return [hash, services, images, volumes, networks, models, profiles, environment].some(Boolean);
}

/** These lists are of the whole project, whichever services are named. */
function listsAll({ hash, services, volumes, networks, models }: ConfigOptions): boolean {
  return [hash, services, volumes, networks, models].some(Boolean);
}

/** What is asked for by name, one on a line; undefined when the whole project is. */
function names(project: Project, options: ConfigOptions): string | undefined {
  const services = Object.keys(project.services).sort();
  if (options.services) return eachOnLine(services);
  if (options.volumes) return eachOnLine(Object.keys(project.volumes).sort());
  if (options.networks) return eachOnLine(Object.keys(project.networks).sort());
  if (options.models) return eachOnLine(Object.values(project.models).flatMap(({ model }) => model ?? []));
  if (options.hash) return hashLines(project, [options.hash]);
  if (options.images) return eachOnLine(services.map((serviceName) => imageOf(project, serviceName)));
  return undefined;
}

/** Those of the services that are kept out, too. */
async function profilesOf(context: Context, self: Command): Promise<readonly string[]> {
  const request = await loadRequestOf(context, self);
  await loadProject(context, request, ["env-files"]);
  const leaveOut = ["consistency", "env-files"] as const;
  const project = await context.tools.compose.load({ ...request, profiles: ["*"], leaveOut });
  return [...new Set(Object.values(project.services).flatMap((service) => service.profiles ?? []))].sort();
}

function eachOnLine(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
