import type { Command } from "commander";
import { type Flags, LOCAL_WORKER_IMAGE } from "../config.ts";
import { addSettings, type Context, configOf } from "./command-context.ts";
import { SERVE_SETTINGS } from "./serve.ts";

/** Everything comes from this host: the worker's git and ssh, and the git server on its loopback. */
const DEFAULTS: Flags = { workerImage: LOCAL_WORKER_IMAGE, workerNetwork: "host" };

export function addDemo(program: Command, context: Context): void {
  const command = program
    .command("demo")
    .description("serve, with a sample repository as the first stack; needs no image registry");
  addSettings(command, SERVE_SETTINGS, DEFAULTS).action((_options: object, self: Command) =>
    context.tools.demo(configOf(context, self, { defaults: DEFAULTS, only: SERVE_SETTINGS }), context.tools.signal),
  );
}
