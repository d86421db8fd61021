import type { Command } from "commander";
import { reportPlan } from "../plan.ts";
import { addJson, type Context, engineConfigOf } from "./command-context.ts";
import { composeEngineCommand, projectOrName } from "./compose-request.ts";
import { whileWatched } from "./compose-watch.ts";
import type { DownOptions } from "./tools.ts";

interface Given extends Partial<DownOptions> {
  readonly json?: boolean;
}

export function addComposeDown(group: Command, context: Context): void {
  const command = composeEngineCommand(
    group,
    "down",
    "stop and remove the project's containers and networks; volumes stay",
  )
    .option("-v, --volumes", "remove the project's volumes too, the anonymous ones as well: their data is lost")
    .option(
      "--remove-orphans",
      "remove containers of services that are gone from the file, and one-offs that have ended",
    );
  addJson(command).action(async ({ volumes = false, removeOrphans = false, json }: Given, self: Command) => {
    const { compose, signal, stdout } = context.tools;
    const project = await projectOrName(context, self);
    const config = engineConfigOf(context, self);
    const name = typeof project === "string" ? project : project.name;
    const done = await whileWatched(context, name, "has nothing left to remove", (show) =>
      compose.down(config, project, { volumes, removeOrphans }, show, signal),
    );
    if (json) stdout.write(`${JSON.stringify(reportPlan(done, null), null, 2)}\n`);
  });
}
