import { join } from "node:path";
import type { Config } from "../config.ts";
import type { EventBus } from "../event-bus.ts";
import { AppsDir, type AppsReport } from "../folder/apps-dir.ts";
import type { Log } from "../log.ts";
import { believesVanished } from "../reconcile/mass-removal.ts";
import type { Reconciler } from "../reconcile/reconciler.ts";
import { FOLDER_GONE, STACK_DEFAULTS, type Stack } from "../stack.ts";
import type { Store } from "../store/store.ts";
import { clock } from "./this-process.ts";

const DEBOUNCE_MS = 1_000;
const EVERY_MS = 60_000;

interface AppsParts {
  readonly config: Config;
  readonly store: Store;
  readonly reconciler: Reconciler;
  readonly bus: EventBus;
  readonly log: Log;
}

/** Keeps a stack for each folder of the apps dir. A folder that is gone takes its stack with it, unless too many go at once. */
export function watchApps(directory: string, parts: AppsParts): AppsDir {
  const { store, log } = parts;
  const own = async (): Promise<readonly Stack[]> =>
    (await store.stacks.list()).filter(({ origin }) => origin === "folder");
  return new AppsDir({
    directory,
    debounceMs: DEBOUNCE_MS,
    everyMs: EVERY_MS,
    known: async () => (await own()).map(({ name }) => name),
    onReport: async (report) => await follow(directory, report, await own(), parts),
    onTrouble: (message) => log("warn", message, { appsDir: directory }),
  });
}

async function follow(
  directory: string,
  { added, changed, vanished, ignored }: AppsReport,
  own: readonly Stack[],
  parts: AppsParts,
): Promise<void> {
  const { reconciler, log } = parts;
  for (const { name, why } of ignored) log("info", `ignored in the apps dir: ${name} ${why}`);
  for (const slug of added) await add(directory, slug, parts);
  const missed = new Set(await massMissed(own, parts));
  for (const slug of missed) if (!vanished.includes(slug)) await isBack(slug, parts);
  for (const slug of changed) ask(slug, "commit", reconciler, log);
  const gone = vanished.filter((slug) => !missed.has(slug));
  const believed = believesVanished(vanished.length, own.length);
  for (const slug of gone) await (believed ? remove(slug, parts) : miss(slug, vanished.length, own.length, parts));
}

async function massMissed(own: readonly Stack[], { store }: AppsParts): Promise<readonly string[]> {
  const holds = await Promise.all(own.map(async ({ name }) => ({ name, holds: await store.holds.holdsOf(name) })));
  return holds.flatMap(({ name, holds: found }) =>
    found.some(({ kind, by, why }) => kind === "suspended" && by === "tallyman" && why.startsWith(FOLDER_GONE))
      ? [name]
      : [],
  );
}

/** Too many at once: it stays as it is until its folder is back, or an operator removes it. */
async function miss(
  slug: string,
  gone: number,
  all: number,
  { store, reconciler, bus, log }: AppsParts,
): Promise<void> {
  const why = `${FOLDER_GONE}, as are ${gone} of ${all}: nothing is removed until you remove the stack yourself`;
  const hold = { kind: "suspended", by: "tallyman", why, at: clock.now().toISOString(), deploymentId: null } as const;
  await store.holds.place(slug, hold);
  log("warn", `not removed: ${why}`, { stack: slug });
  bus.publish(slug, { type: "held", kind: hold.kind, by: hold.by, why });
  ask(slug, "settings", reconciler, log);
}

async function isBack(slug: string, { store, reconciler, bus, log }: AppsParts): Promise<void> {
  await store.holds.lift(slug, "suspended");
  bus.publish(slug, { type: "released", kind: "suspended", by: "tallyman", why: "its folder is back" });
  ask(slug, "settings", reconciler, log);
}

/** The pass takes its own time: the apps dir must not wait for it. */
function ask(slug: string, trigger: "commit" | "settings", reconciler: Reconciler, log: Log): void {
  reconciler.run(slug, trigger).catch((error: unknown) => log("error", "a pass failed", { stack: slug, error }));
}

/** One that was removed once comes back with its history. A stack of that name from elsewhere keeps it. */
async function add(directory: string, slug: string, { config, store, reconciler, bus, log }: AppsParts): Promise<void> {
  if (await store.stacks.get(slug)) {
    log("warn", `ignored in the apps dir: ${slug}: another stack bears that name`);
    return;
  }
  const stack: Stack = {
    ...STACK_DEFAULTS,
    origin: "folder",
    name: slug,
    project: slug,
    repository: join(directory, slug),
    ref: null,
    path: "",
    files: [],
    envFiles: [],
    profiles: [],
    intervalMs: config.intervalMs,
    credential: "none",
    createdAt: clock.now().toISOString(),
  };
  await store.stacks.add(stack);
  await store.audit.add({ who: "apps dir", from: directory, what: "stack added", subject: slug });
  bus.publish(slug, { type: "stack-added" });
  reconciler.adopt(stack);
}

async function remove(slug: string, { config, store, reconciler, bus }: AppsParts): Promise<void> {
  await reconciler.remove(slug);
  await store.stacks.remove(slug);
  await store.audit.add({ who: "apps dir", from: config.appsDir ?? "", what: "stack removed", subject: slug });
  bus.publish(slug, { type: "stack-removed" });
}
