import { type Command, Option } from "commander";
import { imageOf, type Project } from "../project.ts";
import type { Context } from "./command-context.ts";
import { hashLines } from "./compose-hash.ts";
import { composeCommand, loadProject } from "./compose-request.ts";

interface ConfigOptions {
  readonly format: "yaml" | "json";
  readonly json?: boolean;
  readonly hash?: readonly string[];
  readonly services?: boolean;
  readonly images?: boolean;
  readonly volumes?: boolean;
  readonly profiles?: boolean;
}

export function addComposeConfig(group: Command, context: Context): void {
  composeCommand(group, "config", "print the resolved model, as `docker compose config` prints it")
    .addOption(new Option("--format <format>", "how to print it").choices(["yaml", "json"]).default("yaml"))
    .option("--json", "the same as --format json")
    .option("--hash <service...>", "print `service hash` lines; '*' for all services")
    .option("--services", "print the names of the services")
    .option("--images", "print the images")
    .option("--volumes", "print the names of the volumes")
    .option("--profiles", "print the profiles that services name")
    .action(async (options: ConfigOptions, self: Command) => {
      const project = await loadProject(context, self);
      context.tools.stdout.write(await selected(context, project, options));
    });
}

async function selected(context: Context, project: Project, options: ConfigOptions): Promise<string> {
  const services = Object.keys(project.services).sort();
  if (options.hash) return hashLines(project, options.hash);
  if (options.services) return eachOnLine(services);
  if (options.images) return eachOnLine(services.map((serviceName) => imageOf(project, serviceName)));
  if (options.volumes) return eachOnLine(Object.keys(project.volumes).sort());
  if (options.profiles) return eachOnLine(profilesOf(project));
  return await context.tools.compose.render(project, options.json ? "json" : options.format);
}

function profilesOf(project: Project): readonly string[] {
  return [...new Set(Object.values(project.services).flatMap((service) => service.profiles ?? []))].sort();
}

function eachOnLine(names: readonly string[]): string {
  return names.map((name) => `${name}\n`).join("");
}
