import { openStore, type Store, type StoreOptions } from "../../src/store/store.ts";
import { temporaryDirectory } from "../support/temporary.ts";

/** A store in a directory of its own; both end with `await using`. */
export interface TemporaryStore extends AsyncDisposable {
  readonly root: string;
  readonly store: Store;
}

export async function temporaryStore(options: Omit<StoreOptions, "root"> = {}): Promise<TemporaryStore> {
  const directory = temporaryDirectory("store");
  const store = await openStore({ root: directory.path, ...options });
  const end = async (): Promise<void> => {
    await store.close();
    directory.remove();
  };
  return { root: directory.path, store, [Symbol.asyncDispose]: end };
}
