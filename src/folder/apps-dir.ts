import { type FSWatcher, watch } from "node:fs";
import { type AppsListing, type IgnoredEntry, listApps } from "./list-apps.ts";

/** What is new in an apps dir, by slug, in order. */
export interface AppsReport {
  /** A folder with a Compose file that no stack is kept for. */
  readonly added: readonly string[];
  /** Stacks in whose folder something was written. */
  readonly changed: readonly string[];
  /** Stacks whose folder is gone while the apps dir itself can be read. */
  readonly vanished: readonly string[];
  /** Entries that are no stacks, with the reason: each is told once. */
  readonly ignored: readonly IgnoredEntry[];
}

export interface AppsDirOptions {
  readonly directory: string;
  /** File events are gathered until so long nothing more came, but at most five times as long. */
  readonly debounceMs: number;
  /** A look without any event: for file systems that tell of none, and for what was missed. */
  readonly everyMs: number;
  /** Slugs of the stacks that are kept now. */
  readonly known: () => Promise<readonly string[]>;
  /** Awaited before the next look; what it throws is told to `onTrouble`. */
  readonly onReport: (report: AppsReport) => Promise<void>;
  /** Once per trouble: the apps dir cannot be read or watched, or a report failed. */
  readonly onTrouble: (message: string) => void;
}

/**
 * Watches an apps dir. Level-triggered: every look compares what is there with the stacks that are kept, so a missed event or a report
 * that failed is made up for by the next look.
 */
export class AppsDir {
  readonly #options: AppsDirOptions;
  #watcher: { readonly fs: FSWatcher; readonly inode: number } | null = null;
  #isBack = false;
  #touched = new Set<string>();
  #events = 0;
  #stopped = false;
  /** Ends the sleep under way; an event ends only the long one. */
  #endSleep: () => void = () => undefined;
  #endLongSleep: () => void = () => undefined;
  #told: readonly IgnoredEntry[] = [];
  #vanished: readonly string[] = [];
  #device: number | null = null;
  #trouble = "";
  #living: Promise<void> | null = null;

  constructor(options: AppsDirOptions) {
    this.#options = options;
  }

  /** Resolves after the first look and its report. */
  async start(): Promise<void> {
    await this.#look();
    this.#living ??= this.#live();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#endSleep();
    this.#unwatch();
    await this.#living;
  }

  async #live(): Promise<void> {
    while (!this.#stopped) {
      await this.#rest();
      if (!this.#stopped) await this.#look();
    }
  }

  async #rest(): Promise<void> {
    const { everyMs, debounceMs } = this.#options;
    if (this.#events === 0) await this.#sleep(everyMs, "until an event");
    for (let round = 0, before = 0; round < 5 && before !== this.#events && !this.#stopped; round += 1) {
      before = this.#events;
      await this.#sleep(debounceMs, "in any case");
    }
    this.#events = 0;
  }

  async #sleep(milliseconds: number, mode: "until an event" | "in any case"): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    this.#endSleep = resolve;
    if (mode === "until an event") this.#endLongSleep = resolve;
    await promise;
    clearTimeout(timer);
  }

  async #look(): Promise<void> {
    const touched = this.#touched;
    this.#touched = new Set();
    try {
      const listing = this.#believed(await listApps(this.#options.directory));
      if (listing.kind === "unreadable") {
        this.#unwatch();
        throw new Error(listing.why);
      }
      this.#watch(listing.inode);
      // What came back, or was written while nobody watched, is news even where no event told of it.
      const back = this.#isBack ? listing.apps : this.#vanished;
      for (const slug of back) touched.add(slug);
      this.#isBack = false;
      const report = reportOf(listing, await this.#options.known(), touched, this.#told);
      if (Object.values(report).some(({ length }) => length > 0)) await this.#options.onReport(report);
      this.#told = listing.ignored;
      this.#vanished = report.vanished;
      if (this.#watcher) this.#trouble = "";
    } catch (thrown) {
      for (const slug of touched) this.#touched.add(slug);
      this.#tell(
        `the apps dir ${this.#options.directory} could not be taken in: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      );
    }
  }

  /** Where a disk was mounted and is not any more, an empty folder comes to light. */
  #believed(listing: AppsListing): AppsListing {
    if (listing.kind === "unreadable") return listing;
    const isEmpty = listing.apps.length === 0;
    if (isEmpty && this.#device !== null && this.#device !== listing.device)
      return { kind: "unreadable", why: "it is empty and on another file system than before" };
    if (!isEmpty) this.#device = listing.device;
    return listing;
  }

  /** Another directory under the same name needs another watch. */
  #watch(inode: number): void {
    if (this.#watcher?.inode === inode) return;
    this.#unwatch();
    try {
      const fs = watch(this.#options.directory, { recursive: true }, (_, path) => this.#noteEvent(path));
      this.#watcher = { fs, inode };
      fs.on("error", (error) => {
        this.#unwatch();
        this.#tell(unwatched(error, this.#options.everyMs));
      });
    } catch (thrown) {
      this.#tell(unwatched(thrown, this.#options.everyMs));
    }
  }

  #unwatch(): void {
    this.#isBack ||= this.#watcher !== null;
    this.#watcher?.fs.close();
    this.#watcher = null;
  }

  #noteEvent(path: string | null): void {
    this.#events += 1;
    const [slug = ""] = (path ?? "").split("/");
    if (slug !== "") this.#touched.add(slug);
    this.#endLongSleep();
  }

  #tell(message: string): void {
    if (message === this.#trouble) return;
    this.#trouble = message;
    this.#options.onTrouble(message);
  }
}

function reportOf(
  { apps, ignored }: Extract<AppsListing, { kind: "read" }>,
  known: readonly string[],
  touched: ReadonlySet<string>,
  told: readonly IgnoredEntry[],
): AppsReport {
  // A folder that is there but is no stack now (its Compose file was renamed, say) has a fault; it has not vanished.
  const present = new Set([...apps, ...ignored.map(({ name }) => name)]);
  return {
    added: apps.filter((slug) => !known.includes(slug)),
    changed: known.filter((slug) => touched.has(slug) && present.has(slug)).sort(),
    vanished: known.filter((slug) => !present.has(slug)).sort(),
    ignored: ignored.filter(({ name, why }) => !told.some((one) => one.name === name && one.why === why)),
  };
}

function unwatched(thrown: unknown, everyMs: number): string {
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  return `the apps dir cannot be watched (${words}); it is looked at every ${Math.round(everyMs / 1000)} s`;
}
