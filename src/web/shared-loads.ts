interface Load {
  readonly began: number;
  readonly value: Promise<unknown>;
}

export interface LoadTerms {
  /** How long after its end a load still serves, in milliseconds. */
  readonly freshMs?: number;
  /** `performance.now()` of what the load must have seen: one that began earlier does not serve. */
  readonly begunAfter?: number;
}

/** Lets everybody who wants the same within a moment share one load: a hundred open pages ask the Engine once. */
export class SharedLoads {
  readonly #loads = new Map<string, Load>();

  /** A failed load is forgotten at once. */
  get<Value>(
    key: string,
    load: () => Promise<Value>,
    { freshMs = 200, begunAfter = 0 }: LoadTerms = {},
  ): Promise<Value> {
    const known = this.#loads.get(key);
    if (known && known.began >= begunAfter) return known.value as Promise<Value>;
    const began = performance.now();
    const value = load();
    this.#loads.set(key, { began, value });
    const forget = (): void => {
      if (this.#loads.get(key)?.value === value) this.#loads.delete(key);
    };
    value.then(() => setTimeout(forget, freshMs).unref(), forget);
    return value;
  }
}
