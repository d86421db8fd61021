import type { PassParts } from "./pass.ts";

/** A burst of events is one thing that happened. */
const DEBOUNCE_MS = 1_000;
const CONNECT_AGAIN_MS = 5_000;

/** Listens to the containers of every project, and tells once per burst which project something happened to. */
export class EngineWatch {
  readonly #parts: Pick<PassParts, "engine" | "clock" | "log">;
  readonly #onChange: (project: string) => void;
  readonly #stopping = new AbortController();
  readonly #moved = new Set<string>();
  #living: Promise<void> = Promise.resolve();

  constructor(parts: Pick<PassParts, "engine" | "clock" | "log">, onChange: (project: string) => void) {
    this.#parts = parts;
    this.#onChange = onChange;
  }

  start(): void {
    this.#living = this.#live();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#living;
  }

  /** A cut stream is opened again; what was missed meanwhile the next poll finds. */
  async #live(): Promise<void> {
    const { engine, clock, log } = this.#parts;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        for await (const change of engine.changes(null, signal))
          if (change.type === "container") this.#note(change.project);
      } catch (error) {
        if (!signal.aborted) log("debug", "the Engine's events ended", { error });
      }
      await clock.sleep(CONNECT_AGAIN_MS, signal);
    }
  }

  #note(project: string): void {
    if (project === "" || this.#moved.has(project)) return;
    this.#moved.add(project);
    this.#parts.clock
      .sleep(DEBOUNCE_MS, this.#stopping.signal)
      .then(() => {
        this.#moved.delete(project);
        if (!this.#stopping.signal.aborted) this.#onChange(project);
      })
      .catch(() => undefined);
  }
}
