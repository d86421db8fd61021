import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { command } from "./command.ts";
import type { TestEngine } from "./engine.ts";

/** The real Docker Compose, to compare with. */
export interface Oracle {
  /** Runs `docker compose` against an Engine. */
  compose(engine: TestEngine, words: readonly string[], cwd?: string): ReturnType<typeof command>;
  readonly version: string;
}

const USUAL_PLACES = [
  "/usr/libexec/docker/cli-plugins",
  "/usr/lib/docker/cli-plugins",
  "/usr/local/lib/docker/cli-plugins",
];

let found: Promise<Oracle | null> | undefined;

/**
 * `TALLYMAN_TEST_COMPOSE` names the plugin; else one that is installed; else the one that `../shared/tools/oracle` beside this
 * repository unpacks (outside a network namespace, so before the levels). Null where none can be had.
 */
export function oracle(): Promise<Oracle | null> {
  found ??= find();
  return found;
}

async function find(): Promise<Oracle | null> {
  const plugin = await composePlugin();
  if (plugin === null) return null;
  const version = await command([plugin, "version", "--short"]);
  if (version.code !== 0) return null;
  return {
    version: version.stdout.trim(),
    compose: (engine, words, cwd) =>
      command([plugin, ...words], { env: { DOCKER_HOST: engine.dockerHost }, ...(cwd === undefined ? {} : { cwd }) }),
  };
}

/** Path of the plugin, unpacked first if need be. */
export async function composePlugin(): Promise<string | null> {
  const named = process.env["TALLYMAN_TEST_COMPOSE"];
  if (named !== undefined) return named === "" ? null : named;
  const installed = USUAL_PLACES.map((place) => join(place, "docker-compose")).find((file) => existsSync(file));
  if (installed !== undefined) return installed;
  const tool = resolve(import.meta.dir, "../../../shared/tools/oracle");
  if (!existsSync(tool)) return null;
  const unpacked = await command([tool, join(tmpdir(), "tallyman-oracle")], { deadlineMs: 180_000 });
  return /^compose=(.+)$/m.exec(unpacked.stdout)?.[1] ?? null;
}
