/** Lets everybody who wants the same within a moment share one load: a hundred open pages ask the Engine once. */
export class SharedLoads {
  readonly #loads = new Map<string, Promise<unknown>>();

  /** `freshMs` counts from the end of the load; a failed one is forgotten at once. */
  get<Value>(key: string, load: () => Promise<Value>, freshMs = 200): Promise<Value> {
    const known = this.#loads.get(key) as Promise<Value> | undefined;
    if (known) return known;
    const loading = load();
    this.#loads.set(key, loading);
    const forget = () => this.#loads.delete(key);
    loading.then(() => setTimeout(forget, freshMs).unref(), forget);
    return loading;
  }
}
