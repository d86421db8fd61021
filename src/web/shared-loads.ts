const FRESH_MS = 200;

/** Lets everybody who wants the same within a moment share one load: a hundred open pages ask the Engine once. */
export class SharedLoads {
  readonly #loads = new Map<string, Promise<unknown>>();

  get<Value>(key: string, load: () => Promise<Value>): Promise<Value> {
    const known = this.#loads.get(key) as Promise<Value> | undefined;
    if (known) return known;
    const loading = load();
    this.#loads.set(key, loading);
    const forget = () => void setTimeout(() => this.#loads.delete(key), FRESH_MS);
    loading.then(forget, forget);
    return loading;
  }
}
