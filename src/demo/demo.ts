import { mkdir, readFile, writeFile } from "node:fs/promises";
import { STACK_DEFAULTS, type Stack } from "../stack.ts";
import { findGit } from "./git-command.ts";
import { startGitServer } from "./git-server.ts";
import { SAMPLE_IMAGE, sampleFiles, sampleFlavour } from "./sample-files.ts";
import { ensureSampleRepository } from "./sample-repository.ts";

const USUAL_PAGE_PORT = 7_480;
const USUAL_GIT_PORT = 7_412;
const INTERVAL_MS = 10_000;

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
  /** Where the sample's page is to be seen; null when this host had no busybox to serve one. */
  readonly pageUrl: string | null;
  readonly stop: () => Promise<void>;
}

/** Makes image and repository when they are missing and serves the repository. A second start finds everything and changes nothing. */
export async function startDemo(parts: DemoParts, signal: AbortSignal): Promise<Demo> {
  const { directory, searchPath } = parts;
  const git = findGit(searchPath);
  const flavour = sampleFlavour(searchPath);
  await parts.ensureSampleImage(SAMPLE_IMAGE, signal);
  await mkdir(directory, { recursive: true });
  const repositoryPath = `${directory}/sample.git`;
  const pagePort = await keptPort(`${directory}/page-port`, () => freePort(USUAL_PAGE_PORT));
  await ensureSampleRepository(repositoryPath, sampleFiles(flavour, pagePort), git, signal);
  const gitPort = await keptPort(`${directory}/git-port`, () => freePort(USUAL_GIT_PORT));
  const server = startGitServer(repositoryPath, gitPort, git);
  return {
    stack: sampleStack(server.port, parts.now()),
    repositoryPath,
    pageUrl: flavour === "busybox" ? `http://127.0.0.1:${pagePort}/` : null,
    stop: () => server.stop(),
  };
}

/** The stack's URL and the sample's Compose file name these ports, so the first choice must last. */
async function keptPort(file: string, choose: () => number): Promise<number> {
  const kept = Number(await readFile(file, "utf8").catch(() => "0"));
  if (kept > 0) return kept;
  const chosen = choose();
  await writeFile(file, `${chosen}\n`);
  return chosen;
}

/** The usual port of this host's loopback, or any when something holds that one. */
function freePort(usual: number): number {
  const listen = (port: number): number => {
    const listener = Bun.listen({ hostname: "127.0.0.1", port, socket: { data: () => undefined } });
    listener.stop(true);
    return listener.port;
  };
  try {
    return listen(usual);
  } catch {
    return listen(0);
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
    ...STACK_DEFAULTS,
    createdAt: now.toISOString(),
  };
}
