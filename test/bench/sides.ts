import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { command } from "../support/command.ts";
import { composePlugin } from "../support/oracle.ts";
import { peakMiB, type Taken, timed } from "./timed.ts";

/** One of the two programs that are compared, with a project of its own. */
export interface Side {
  readonly name: "ours" | "theirs";
  readonly projectName: string;
  /** Lays the project's file down. */
  write(composeFile: string): void;
  run(...words: readonly string[]): Promise<Taken>;
  /** The most memory of one run. */
  peakMiB(...words: readonly string[]): Promise<number>;
  output(...words: readonly string[]): Promise<string>;
  /** The words that bring the project up and come back. */
  readonly up: readonly string[];
}

interface Program {
  readonly name: Side["name"];
  readonly argv: readonly string[];
  readonly up: readonly string[];
}

/**
 * Ours, and Docker Compose where there is one. Its plugin is called by itself: `docker compose` would add the start of the docker
 * program to each of its figures.
 */
export async function sidesIn(directory: string, binary: string, dockerHost: string) {
  const plugin = await composePlugin();
  const programs: Program[] = [{ name: "ours", argv: [binary, "compose"], up: ["up"] }];
  if (plugin !== null) programs.push({ name: "theirs", argv: [plugin], up: ["up", "-d"] });
  const version = plugin === null ? null : (await command([plugin, "version", "--short"])).stdout.trim();
  return { sides: programs.map((program) => side(program, directory, dockerHost)), version };
}

function side({ name, argv, up }: Program, directory: string, dockerHost: string): Side {
  const folder = join(directory, name);
  const projectName = `bench-${name}`;
  const env = { PATH: process.env["PATH"] ?? "", HOME: directory, DOCKER_HOST: dockerHost };
  mkdirSync(folder, { recursive: true });
  const words = (more: readonly string[]): readonly string[] => {
    const [verb = "", ...options] = more;
    return name === "ours" ? [...argv, verb, "-p", projectName, ...options] : [...argv, "-p", projectName, ...more];
  };
  return {
    name,
    projectName,
    up,
    write: (composeFile) => writeFileSync(join(folder, "compose.yaml"), composeFile),
    run: (...more) => timed(words(more), folder, env),
    peakMiB: (...more) => peakMiB(words(more), folder, env),
    async output(...more) {
      const { code, stdout, stderr } = await command(words(more), { cwd: folder, env });
      if (code !== 0) throw new Error(`${words(more).join(" ")} ended with code ${code}: ${stderr.trim()}`);
      return stdout;
    },
  };
}
