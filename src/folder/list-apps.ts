import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { isStackName } from "../stack-folders.ts";

/** As Docker Compose looks for them. */
const COMPOSE_FILES = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/** An entry of the apps dir that is no stack, and why. */
export interface IgnoredEntry {
  readonly name: string;
  readonly why: string;
}

/** An apps dir that cannot be read tells nothing: least of all that its folders are gone. */
export type AppsListing =
  | {
      readonly kind: "read";
      /** Names of the folders that are stacks, in order. */
      readonly apps: readonly string[];
      readonly ignored: readonly IgnoredEntry[];
      /** Which file system it is on, and which directory there. */
      readonly device: number;
      readonly inode: number;
    }
  | { readonly kind: "unreadable"; readonly why: string };

/** Looks through an apps dir: each folder `<slug>/` with a Compose file is a stack. Never throws. */
export async function listApps(directory: string): Promise<AppsListing> {
  try {
    const { dev, ino } = await stat(directory);
    const root = await realpath(directory);
    const names = (await readdir(directory)).sort();
    const entries = await Promise.all(names.map(async (name) => ({ name, why: await whyIgnored(root, name) })));
    return {
      kind: "read",
      apps: entries.filter(({ why }) => why === null).map(({ name }) => name),
      ignored: entries.flatMap(({ name, why }) => (why === null ? [] : [{ name, why }])),
      device: dev,
      inode: ino,
    };
  } catch (thrown) {
    return { kind: "unreadable", why: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

async function whyIgnored(root: string, name: string): Promise<string | null> {
  if (name.startsWith(".")) return "is hidden";
  const place = join(root, name);
  const found = await stat(place).catch(() => null);
  if (!found) return "cannot be read";
  if (!found.isDirectory()) return "is no folder";
  if (!(await realpath(place)).startsWith(`${root}/`)) return "is a link that leads out of the apps dir";
  if (!isStackName(name)) return "is no stack name: use lowercase letters, digits, - and _";
  const files = await Promise.all(COMPOSE_FILES.map((file) => lstat(join(place, file)).catch(() => null)));
  return files.some((file) => file !== null && !file.isDirectory()) ? null : "holds no Compose file";
}
