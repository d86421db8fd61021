import { type Command, Option } from "commander";
import { reportPlan } from "../plan.ts";
import type { Project } from "../project.ts";
import { addJson, type Context, engineConfigOf } from "./command-context.ts";
import { composeEngineCommand, loadRequestOf, projectOrName } from "./compose-request.ts";
import { graceOf } from "./compose-up-options.ts";
import { whileWatched } from "./compose-watch.ts";
import type { DownOptions } from "./tools.ts";
import { isOn } from "./up-request.ts";

interface Given extends Pick<Partial<DownOptions>, "volumes" | "removeOrphans"> {
  readonly json?: boolean;
  readonly timeout?: string;
  readonly rmi?: "local" | "all";
}

export function addComposeDown(group: Command, context: Context): void {
  const command = composeEngineCommand(
    group,
    "down [service...]",
    "stop and remove the project's containers and networks, or those of the named services; volumes stay",
  )
    .option("-v, --volumes", "remove the project's volumes too, the anonymous ones as well: their data is lost")
    .option(
      "--remove-orphans",
      "remove containers of services that are gone from the file, and one-offs that have ended",
    )
    .option("-t, --timeout <seconds>", "how long a container has to stop, instead of its stop_grace_period")
    .addOption(
      new Option(
        "--rmi <which>",
        "remove images, too, unless something else needs them: those built here, or all",
      ).choices(["local", "all"]),
    );
  addJson(command).action(async (services: readonly string[], given: Given, self: Command) => {
    const { compose, signal, stdout } = context.tools;
    const { volumes = false, removeOrphans = false, json, rmi, timeout } = given;
    const project = await projectOrName(context, self, services);
    const options = {
      volumes,
      removeOrphans: removeOrphans || (await removesOrphans(context, self, project)),
      ...graceOf(timeout),
      ...(services.length > 0 ? { serviceNames: services } : {}),
      ...(rmi ? { images: rmi } : {}),
    };
    const config = engineConfigOf(context, self);
    const name = typeof project === "string" ? project : project.name;
    const done = await whileWatched(context, name, "has nothing left to remove", (show) =>
      compose.down(config, project, options, show, signal),
    );
    if (json) stdout.write(`${JSON.stringify(reportPlan(done, null), null, 2)}\n`);
  });
}

/** `COMPOSE_REMOVE_ORPHANS`: without a file only the environment says so. */
async function removesOrphans(context: Context, self: Command, project: Project | string): Promise<boolean> {
  const { host, compose } = context.tools;
  if (typeof project === "string")
    return isOn("COMPOSE_REMOVE_ORPHANS", [
      `COMPOSE_REMOVE_ORPHANS=${host.environment["COMPOSE_REMOVE_ORPHANS"] ?? ""}`,
    ]);
  return isOn("COMPOSE_REMOVE_ORPHANS", await compose.environment(await loadRequestOf(context, self)));
}
