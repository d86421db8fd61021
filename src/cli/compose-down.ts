import type { Command } from "commander";
import { type Context, engineConfigOf, paintFor } from "./command-context.ts";
import { composeEngineCommand, projectOrName } from "./compose-request.ts";
import { startProgress } from "./progress.ts";
import type { DownOptions } from "./tools.ts";

export function addComposeDown(group: Command, context: Context): void {
  composeEngineCommand(group, "down", "stop and remove the project's containers and networks; volumes stay")
    .option("-v, --volumes", "remove the project's volumes too, the anonymous ones as well: their data is lost")
    .option(
      "--remove-orphans",
      "remove containers of services that are gone from the file, and one-offs that have ended",
    )
    .action(async ({ volumes = false, removeOrphans = false }: Partial<DownOptions>, self: Command) => {
      const { tools } = context;
      const project = await projectOrName(context, self);
      const progress = startProgress(tools.stderr, paintFor(context, tools.stderr));
      await tools.compose
        .down(engineConfigOf(context, self), project, { volumes, removeOrphans }, progress.show, tools.signal)
        .finally(progress.end);
    });
}
