/** Several streams as one, in order of arrival; more may be added while it is read. */
export interface MergedStream<Value> extends AsyncIterable<Value> {
  add(stream: AsyncIterable<Value>): void;
  /** From now on the merged stream ends when the last of its streams does. */
  addNoMore(): void;
}

type Taken<Value> = () => IteratorResult<Value> | null;

/** Holds one value per stream at most: a slow reader slows every stream down. Ends when the signal aborts. */
export function merged<Value>(signal: AbortSignal): MergedStream<Value> {
  const pending = new Map<AsyncIterator<Value>, Promise<Taken<Value>>>();
  let open = true;
  let wake = () => {};
  signal.addEventListener("abort", () => wake(), { once: true });

  /** Asks for the next value and moves the stream to the end of the row, so that a chatty one starves nobody. */
  const advance = (iterator: AsyncIterator<Value>) => {
    pending.delete(iterator);
    const taken = iterator.next().then((result) => () => {
      if (result.done) pending.delete(iterator);
      else advance(iterator);
      return result;
    });
    pending.set(iterator, taken);
  };
  const changed = () =>
    new Promise<Taken<Value>>((resolve) => {
      wake = () => resolve(() => null);
    });

  return {
    add(stream) {
      advance(stream[Symbol.asyncIterator]());
      wake();
    },
    addNoMore() {
      open = false;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      while (!signal.aborted && (open || pending.size > 0)) {
        const take = await Promise.race([...pending.values(), changed()]);
        const result = take();
        if (result && !result.done) yield result.value;
      }
    },
  };
}
