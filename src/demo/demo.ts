import { readFile, writeFile } from "node:fs/promises";
import { asTallymanError } from "../error.ts";
import type { Stack } from "../stack.ts";
import { findGit } from "./git-command.ts";
import { type GitServer, startGitServer } from "./git-server.ts";
import { SAMPLE_IMAGE, type SampleFlavour, sampleFlavour } from "./sample-files.ts";
import { ensureSampleRepository } from "./sample-repository.ts";

const USUAL_GIT_PORT = 7_412;
const INTERVAL_MS = 15_000;

export interface DemoParts {
  /** `<root>/demo`. */
  readonly directory: string;
  /** The host's PATH. */
  readonly searchPath: string;
  /** Makes the image from the host's busybox, or else from its shell, unless the image is there. */
  readonly ensureSampleImage: (image: string, signal: AbortSignal) => Promise<void>;
  readonly now: () => Date;
}

export interface Demo {
  /** The sample as a stack, for a store that does not have it yet. */
  readonly stack: Stack;
  /** The bare repository to push to. */
  readonly repositoryPath: string;
  readonly flavour: SampleFlavour;
  stop(): Promise<void>;
}

/** Makes image and repository when they are missing and serves the repository. A second start finds everything and changes nothing. */
export async function startDemo(parts: DemoParts, signal: AbortSignal): Promise<Demo> {
  const git = findGit(parts.searchPath);
  const flavour = sampleFlavour(parts.searchPath);
  await parts.ensureSampleImage(SAMPLE_IMAGE, signal);
  const repositoryPath = `${parts.directory}/sample.git`;
  await ensureSampleRepository(repositoryPath, flavour, git, signal);
  const server = await serveOnKnownPort(parts.directory, (port) => startGitServer(repositoryPath, port, git));
  return {
    stack: sampleStack(server.port, parts.now()),
    repositoryPath,
    flavour,
    stop: () => server.stop(),
  };
}

/** The stack remembers the port as part of its URL, so the first choice must last. */
async function serveOnKnownPort(directory: string, start: (port: number) => GitServer): Promise<GitServer> {
  const file = `${directory}/git-port`;
  const known = Number(await readFile(file, "utf8").catch(() => "0"));
  if (known > 0) return start(known);
  const server = startOnFreePort(start);
  await writeFile(file, `${server.port}\n`);
  return server;
}

function startOnFreePort(start: (port: number) => GitServer): GitServer {
  try {
    return start(USUAL_GIT_PORT);
  } catch (thrown) {
    if (asTallymanError(thrown).reason === "AddressInUse") return start(0);
    throw thrown;
  }
}

function sampleStack(port: number, now: Date): Stack {
  return {
    name: "sample",
    project: "sample",
    repository: `http://127.0.0.1:${port}/sample.git`,
    ref: "main",
    path: "",
    files: [],
    envFiles: [],
    profiles: [],
    intervalMs: INTERVAL_MS,
    credential: "none",
    createdAt: now.toISOString(),
  };
}
