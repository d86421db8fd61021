import type { PassParts } from "./pass.ts";

/** A burst of events is one thing that happened. */
const DEBOUNCE_MS = 1_000;
const CONNECT_AGAIN_MS = 2_000;

export interface EngineNews {
  /** Something happened to the containers of this project: once per burst. */
  readonly onChange: (project: string) => void;
  /** The Engine tells again after a time in which it did not: whatever may have happened meanwhile. */
  readonly onReturn: () => void;
}

/** Listens to the containers of every project. */
export class EngineWatch {
  readonly #parts: Pick<PassParts, "engine" | "clock" | "log">;
  readonly #news: EngineNews;
  readonly #stopping = new AbortController();
  readonly #moved = new Set<string>();
  #living: Promise<void> = Promise.resolve();

  constructor(parts: Pick<PassParts, "engine" | "clock" | "log">, news: EngineNews) {
    this.#parts = parts;
    this.#news = news;
  }

  start(): void {
    this.#living = this.#live();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#living;
  }

  /** A cut stream is opened again. */
  async #live(): Promise<void> {
    const { clock } = this.#parts;
    const { signal } = this.#stopping;
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      await this.#listen(isFirst ? () => undefined : this.#news.onReturn);
      await clock.sleep(CONNECT_AGAIN_MS, signal);
    }
  }

  async #listen(onListening: () => void): Promise<void> {
    const { engine, log } = this.#parts;
    const { signal } = this.#stopping;
    try {
      for await (const change of engine.changes(null, signal)) {
        if (change.type === "container") this.#note(change.project);
        else onListening();
      }
    } catch (error) {
      if (!signal.aborted) log("debug", "the Engine's events ended", { error });
    }
  }

  #note(project: string): void {
    if (project === "" || this.#moved.has(project)) return;
    this.#moved.add(project);
    this.#parts.clock
      .sleep(DEBOUNCE_MS, this.#stopping.signal)
      .then(() => {
        this.#moved.delete(project);
        if (!this.#stopping.signal.aborted) this.#news.onChange(project);
      })
      .catch(() => undefined);
  }
}
