import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { TallymanError } from "../error.ts";
import type { LayerEntry } from "./image-layer.ts";
import { sharedLibraries } from "./shared-libraries.ts";

const PROGRAM_FOLDERS = ["/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin", "/sbin"];
const DEADLINE_MS = 20_000;

/** Absolute path of a host program, or null. */
export async function findProgram(name: string): Promise<string | null> {
  for (const folder of PROGRAM_FOLDERS) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return null;
}

/** Absolute path of a host program. Throws NotFound with the package to install. */
export async function requireProgram(name: string): Promise<string> {
  const path = await findProgram(name);
  if (path) return path;
  throw new TallymanError("NotFound", `The host has no ${name}, which the image is made from.`, {
    hint: `Install it first (on Debian: \`apt-get install ${name === "ssh" ? "openssh-client" : name}\`).`,
  });
}

/** Host programs under paths of their own in the image, with every library they need under its host path. */
export async function programEntries(
  programs: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<readonly LayerEntry[]> {
  const libraries = await sharedLibraries(Object.values(programs), signal);
  return [
    ...(await Promise.all(libraries.map((path) => fileEntry(path, path, 0o755)))),
    ...(await Promise.all(Object.entries(programs).map(([path, source]) => fileEntry(path, source, 0o755)))),
  ];
}

/** A host file's content, links followed, under `path`. */
export async function fileEntry(path: string, hostPath: string, mode: number): Promise<LayerEntry> {
  return { kind: "file", path, content: await readFile(await realpath(hostPath)), mode };
}

/** What a program prints, run with an argv and nothing of our environment. */
export function outputOf(program: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: DEADLINE_MS, signal, env: { PATH: PROGRAM_FOLDERS.join(":"), LC_ALL: "C" } };
    execFile(program, [...args], options, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
