import type { Command } from "commander";
import { addJson, type Context } from "./command-context.ts";

export function addVersion(program: Command, context: Context): void {
  addJson(program.command("version").description("say which build this is")).action((options: { json?: boolean }) => {
    const { stdout, build } = context.tools;
    if (options.json) return stdout.write(`${JSON.stringify(build, null, 2)}\n`);
    stdout.write(
      `tallyman ${build.version} (${build.commit}, ${build.target}, built ${build.builtAt} with Bun ${build.bun})\n`,
    );
  });
}
