import type { EventBody, StackEvent } from "./event.ts";

const KEPT = 1_000;

/**
 * Spreads events inside the process and keeps the last thousand, so that a reader can resume after a cut.
 * `epoch` (different for every start of the process) and `now` come in from outside.
 */
export class EventBus {
  readonly #listeners = new Set<(event: StackEvent) => void>();
  readonly #recent: StackEvent[] = [];
  readonly #epoch: string;
  readonly #now: () => Date;
  #sequence = 0;

  constructor(epoch: string, now: () => Date) {
    this.#epoch = epoch;
    this.#now = now;
  }

  readonly publish = (stack: string, body: EventBody): void => {
    this.#sequence += 1;
    const event: StackEvent = { ...body, stack, id: `${this.#epoch}-${this.#sequence}`, at: this.#now().toISOString() };
    this.#recent.push(event);
    if (this.#recent.length > KEPT) this.#recent.shift();
    for (const listener of this.#listeners) listener(event);
  };

  /** The returned function ends the subscription. */
  subscribe(listener: (event: StackEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Events after `id`; null when `id` is unknown (another epoch, or fallen out), so that the reader must start from a snapshot. */
  since(id: string): readonly StackEvent[] | null {
    const index = this.#recent.findIndex((event) => event.id === id);
    return index < 0 ? null : this.#recent.slice(index + 1);
  }

  recent(limit: number): readonly StackEvent[] {
    return this.#recent.slice(-limit);
  }
}
