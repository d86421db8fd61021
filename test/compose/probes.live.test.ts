import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadProject } from "../../src/compose/load-project.ts";
import { renderConfig } from "../../src/compose/render-config.ts";
import { openDiskFiles } from "../../src/folder/disk-files.ts";
import type { LoadRequest } from "../../src/project-files.ts";
import { command } from "../support/command.ts";
import { composePlugin } from "../support/oracle.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { ATTRIBUTES } from "./probes/attributes.ts";
import { ENV_FILES } from "./probes/env-files.ts";
import { differsOnPurpose } from "./probes/on-purpose.ts";
import type { Probe } from "./probes/probe.ts";
import { EXTENDS, INCLUDES, MERGES, SERVICE_GRAPHS } from "./probes/projects.ts";
import { BUILDS_AND_DEPLOYS, RESOURCES } from "./probes/resources.ts";
import { INTERPOLATION } from "./probes/templates.ts";
import { YAML_TEXTS } from "./probes/yaml-texts.ts";

// More than a thousand small projects, each read by Docker Compose and by us: refused with the same sentence, or the same text of
// `config` in both formats, the same hashes and the same warnings.

const plugin = await composePlugin();
if (plugin === null)
  console.log("figure: skipped, for want of a docker compose plugin (TALLYMAN_TEST_COMPOSE names one)");
const directory = temporaryDirectory("probes");
const LANES = 3;

interface Answer {
  readonly error?: string;
  readonly json?: string;
  readonly yaml?: string;
  readonly hashes?: string;
  readonly warnings: readonly string[];
}

afterAll(() => directory.remove());

const CHAPTERS = {
  "the attributes of a service": ATTRIBUTES,
  "ports, mounts, networks and files": RESOURCES,
  "build and deploy": BUILDS_AND_DEPLOYS,
  interpolation: INTERPOLATION,
  "env files": ENV_FILES,
  YAML: YAML_TEXTS,
  extends: EXTENDS,
  include: INCLUDES,
  "merging files": MERGES,
  "services and profiles": SERVICE_GRAPHS,
} as const;

describe.skipIf(plugin === null)("Docker Compose and we agree on", () => {
  for (const [chapter, probes] of Object.entries(CHAPTERS))
    test(`${chapter} (${probes.length} probes)`, async () => {
      const differences = (await each(probes, difference)).filter((one) => one !== undefined);
      expect(differences).toEqual([]);
    }, 300_000);
});

/** Some at a time: most of a probe is the start of the plugin. */
async function each<Result>(probes: readonly Probe[], ask: (probe: Probe, index: number) => Promise<Result>) {
  const results: Result[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < probes.length; index = next++) {
      const probe = probes[index];
      if (probe) results[index] = await ask(probe, index);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return results;
}

async function difference(probe: Probe) {
  const folder = join(directory.path, Bun.hash(JSON.stringify(probe)).toString(36), "proj");
  for (const [path, text] of Object.entries(probe.files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const [theirs, ours] = [await answerOfPlugin(probe, folder), ourAnswer(probe, folder)];
  if (differsOnPurpose(probe, theirs.error)) return undefined;
  if (theirs.error !== undefined && ours.error?.includes(theirs.error)) return undefined;
  return Bun.deepEquals(ours, theirs) ? undefined : { probe: probe.name, ours, theirs };
}

async function answerOfPlugin({ given = [], profiles = [], environment = {} }: Probe, folder: string): Promise<Answer> {
  const words = [...given.flatMap((file) => ["-f", file]), ...profiles.flatMap((one) => ["--profile", one]), "config"];
  const run = async (...more: readonly string[]) =>
    await command(
      ["env", "-i", "PATH=/usr/bin", "HOME=/root", ...pairs(environment), plugin ?? "", ...words, ...more],
      {
        cwd: folder,
      },
    );
  const json = await run("--format", "json");
  if (json.code !== 0) return { error: errorOf(json.stderr), warnings: [] };
  const [yaml, hashes] = await Promise.all([run(), run("--hash", "*")]);
  return {
    json: json.stdout,
    yaml: yaml.stdout,
    hashes: sortedLines(hashes.stdout),
    warnings: warningsOf(json.stderr),
  };
}

function ourAnswer({ given = [], profiles = [], environment = {} }: Probe, folder: string): Answer {
  const own = { PATH: "/usr/bin", HOME: "/root", ...environment };
  const request: LoadRequest = { cwd: folder, files: given, envFiles: [], profiles, environment: own };
  try {
    const project = loadProject(openDiskFiles(), request);
    const hashed = loadProject(openDiskFiles(), { ...request, leaveOut: ["env-files"] }).hashes.services;
    return {
      json: renderConfig(project, "json"),
      yaml: renderConfig(project, "yaml"),
      hashes: sortedLines(
        Object.entries(hashed)
          .map(([name, { a }]) => `${name} ${a}\n`)
          .join(""),
      ),
      warnings: project.warnings.filter((text) => !OURS_ALONE.test(text)).toSorted(),
    };
  } catch (thrown) {
    return { error: thrown instanceof Error ? thrown.message : String(thrown), warnings: [] };
  }
}

/** What we warn of and Docker Compose does silently. */
const OURS_ALONE = /no shell runs this command|ipam\.options is ignored/;

function pairs(environment: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`);
}

function sortedLines(text: string): string {
  return text.trim().split("\n").toSorted().join("\n");
}

/** Without the log lines, and without the heading that Docker Compose gives to what it could not decode. */
function errorOf(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => !line.startsWith("time="));
  return lines
    .join("\n")
    .trim()
    .replace(/^decoding failed due to the following error\(s\):\n\n/, "");
}

function warningsOf(stderr: string): readonly string[] {
  const said = [...stderr.matchAll(/level=warning msg=("(?:[^"\\]|\\.)*")/g)].map(([, text]) =>
    JSON.parse(text ?? '""'),
  );
  return [...new Set<string>(said)].toSorted();
}
