import type { Command } from "commander";
import { type Context, engineConfigOf, paintFor } from "./command-context.ts";
import { composeEngineCommand, projectNameOf } from "./compose-request.ts";
import { startProgress } from "./progress.ts";

export function addComposeDown(group: Command, context: Context): void {
  composeEngineCommand(group, "down", "stop and remove the project's containers and networks; volumes stay")
    .option("-v, --volumes", "remove the project's volumes too: their data is lost")
    .option("--remove-orphans", "accepted for habit: containers of services that are gone from the file always go")
    .action(async (options: { volumes?: boolean }, self: Command) => {
      const { tools } = context;
      const projectName = await projectNameOf(context, self);
      const progress = startProgress(tools.stderr, paintFor(context, tools.stderr));
      await tools.compose
        .down(
          engineConfigOf(context, self),
          projectName,
          { volumes: options.volumes === true },
          progress.show,
          tools.signal,
        )
        .finally(progress.end);
    });
}
