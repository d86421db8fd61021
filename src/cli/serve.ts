import type { Command } from "commander";
import type { SettingName } from "../config.ts";
import { addSettings, type Context, configOf } from "./command-context.ts";

export const SERVE_SETTINGS: readonly SettingName[] = [
  "root",
  "listen",
  "insecureHttp",
  "hostName",
  "dockerHost",
  "workerImage",
  "workerNetwork",
  "interval",
  "appsDir",
  "concurrency",
  "keepReleases",
];

export function addServe(program: Command, context: Context): void {
  const command = program.command("serve").description("poll the stacks, deploy them, and serve the page and the API");
  addSettings(command, SERVE_SETTINGS).action((_options: object, self: Command) =>
    context.tools.serve(configOf(context, self, { only: SERVE_SETTINGS }), context.tools.signal),
  );
}
