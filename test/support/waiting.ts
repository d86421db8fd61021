/** Asks again and again until `probe` gives something (not undefined, null or false); throws with `what` and the last error at the deadline. */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  deadlineMs = 60_000,
  everyMs = 50,
): Promise<Exclude<T, undefined | null | false>> {
  const end = performance.now() + deadlineMs;
  let last: unknown;
  do {
    try {
      const found = await probe();
      if (found !== undefined && found !== null && found !== false) {
        return found as Exclude<T, undefined | null | false>;
      }
      last = undefined;
    } catch (thrown) {
      last = thrown;
    }
    await Bun.sleep(everyMs);
  } while (performance.now() < end);
  throw new Error(`Waited ${Math.round(deadlineMs / 1000)} s in vain until ${what}`, { cause: last });
}
