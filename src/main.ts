import { environmentFor } from "./config.ts";

// argv → command. main.ts and wiring/ are the only places that know every folder.

// As of Node.js 23.11 and Bun 1.3, not yet in the types that come with Bun.
declare global {
  namespace NodeJS {
    interface Process {
      execve(file: string, argv: readonly string[], environment: Readonly<Record<string, string | undefined>>): never;
    }
  }
}

const argv = process.argv.slice(2);

// What a library should stop to call is no news for an operator.
process.noDeprecation = true;

// The same process goes on as the same program, before anything is loaded or opened.
const environment = Bun.isStandaloneExecutable ? environmentFor(argv) : null;
if (environment) process.execve(process.execPath, [process.argv0, ...argv], environment);

const [{ runCli }, { tools }] = await Promise.all([import("./cli/program.ts"), import("./wiring/tools.ts")]);
process.exitCode = await runCli(argv, tools);
