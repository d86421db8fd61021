import type { Command } from "commander";
import { LOCAL_WORKER_IMAGE } from "../config.ts";
import { addJson, addSettings, type Context, engineConfigOf } from "./command-context.ts";

export function addWorkerImage(program: Command, context: Context): void {
  const group = program.command("worker-image").description("the image in which repositories are fetched");
  const command = group
    .command("build")
    .description("make the worker image from this host's own git and ssh, without any registry")
    .option("--tag <image>", "its name", LOCAL_WORKER_IMAGE);
  addSettings(addJson(command), ["dockerHost"]).action(
    async (options: { tag: string; json?: boolean }, self: Command) => {
      const { tools } = context;
      const config = engineConfigOf(context, self);
      tools.stderr.write(`making ${options.tag} from this host's git and ssh\n`);
      const id = await tools.buildWorkerImage(config, options.tag, tools.signal);
      if (options.json) tools.stdout.write(`${JSON.stringify({ image: options.tag, id }, null, 2)}\n`);
      else tools.stdout.write(`${options.tag} is ready. Use it with: tallyman serve --worker-image ${options.tag}\n`);
    },
  );
}
