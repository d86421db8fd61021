import type { Command } from "commander";
import { LOCAL_WORKER_IMAGE } from "../config.ts";
import { addSettings, type Context, configOf } from "./command-context.ts";
import { SERVE_SETTINGS } from "./serve.ts";

export function addDemo(program: Command, context: Context): void {
  const command = program
    .command("demo")
    .description("serve, with a sample repository as the first stack; needs no image registry")
    .addHelpText(
      "after",
      `\nHere the worker image defaults to ${LOCAL_WORKER_IMAGE}, made from this host's git and ssh, and the worker network to host.`,
    );
  addSettings(command, SERVE_SETTINGS).action((_options: object, self: Command) =>
    context.tools.demo(
      configOf(context, self, {
        defaults: { workerImage: LOCAL_WORKER_IMAGE, workerNetwork: "host" },
        only: SERVE_SETTINGS,
      }),
      context.tools.signal,
    ),
  );
}
