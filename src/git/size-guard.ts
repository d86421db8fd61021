import { TallymanError } from "../error.ts";
import { sizeOf } from "./mirror.ts";

/**
 * Runs `work` and stops it once a directory has grown beyond `maxBytes`: a worker's deadline alone would let a hostile server fill the disk.
 * Throws GitRefused then, and when the directory holds more than `maxFiles` at the end.
 */
export async function withinSize<T>(
  what: string,
  directory: string,
  limit: { readonly maxBytes: number; readonly maxFiles: number },
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const working = work(AbortSignal.any([signal, controller.signal]));
  let excess: TallymanError | undefined;
  const check = async () => {
    const { bytes, files } = await sizeOf(directory);
    if (bytes > limit.maxBytes) excess = tooLarge(what, `${Math.round(limit.maxBytes / 1024 / 1024)} MiB`);
    else if (files > limit.maxFiles) excess = tooLarge(what, `${limit.maxFiles} files`);
    if (excess) controller.abort(excess);
  };
  try {
    const finished = working.then(
      () => true,
      () => true,
    );
    while (!(await Promise.race([finished, Bun.sleep(1000).then(() => false)])) && !excess) await check();
    const result = await working;
    await check();
    if (excess) throw excess;
    return result;
  } catch (thrown) {
    throw excess ?? thrown;
  }
}

function tooLarge(what: string, limit: string): TallymanError {
  return new TallymanError("GitRefused", `${what} is larger than ${limit}`, {
    hint: "Keep large files out of the repository that is deployed from.",
  });
}
