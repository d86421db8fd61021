/** Lets so many pieces of work run at a time; the others wait in the order in which they came. */
export class Turns {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves when it is one's turn, with the function that ends it (once; more calls do nothing). Rejects when the signal aborts first. */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#taken >= this.#limit) await this.#wait(signal);
    else this.#taken += 1;
    let over = false;
    return () => {
      if (over) return;
      over = true;
      // The turn is handed on, so that nobody who comes now can jump the line.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#taken -= 1;
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = (): void => {
      const at = this.#waiting.indexOf(begin);
      if (at >= 0) this.#waiting.splice(at, 1);
      reject(signal.reason);
    };
    const begin = (): void => {
      signal.removeEventListener("abort", giveUp);
      resolve();
    };
    this.#waiting.push(begin);
    signal.addEventListener("abort", giveUp, { once: true });
    return promise;
  }
}
