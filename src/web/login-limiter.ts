const FREE_ATTEMPTS = 3;
const LONGEST_DELAY_MS = 5 * 60_000;
const FORGET_AFTER_MS = 60 * 60_000;
const MOST_ENTRIES = 10_000;
/** One address may fail this much more often over all accounts than over one. */
const ADDRESS_FACTOR = 5;

interface Failures {
  count: number;
  last: number;
}

/**
 * Slows guessing down: after three failures of an account from an address every further one doubles the wait, up to five minutes;
 * the same per address over all accounts, later. In memory and bounded; a right password clears its own entry.
 */
export class LoginLimiter {
  readonly #failures = new Map<string, Failures>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Milliseconds until another attempt is looked at; 0 when it may be made now. */
  waitMs(accountName: string, address: string): number {
    return Math.max(
      this.#wait(pairKey(accountName, address), FREE_ATTEMPTS),
      this.#wait(addressKey(address), FREE_ATTEMPTS * ADDRESS_FACTOR),
    );
  }

  /** Counts an attempt before it is checked, so that parallel ones do not slip through. */
  attempt(accountName: string, address: string): void {
    this.#count(pairKey(accountName, address));
    this.#count(addressKey(address));
  }

  succeeded(accountName: string, address: string): void {
    this.#failures.delete(pairKey(accountName, address));
    this.#failures.delete(addressKey(address));
  }

  #wait(key: string, free: number): number {
    const failures = this.#failures.get(key);
    if (!failures || failures.count < free) return 0;
    const delay = Math.min(LONGEST_DELAY_MS, 1_000 * 2 ** (failures.count - free));
    // A clock that was set back keeps nobody out for longer than the delay.
    return Math.max(0, Math.min(delay, failures.last + delay - this.#now().getTime()));
  }

  #count(key: string): void {
    const now = this.#now().getTime();
    const known = this.#failures.get(key);
    const count = known && now - known.last < FORGET_AFTER_MS ? known.count + 1 : 1;
    this.#failures.delete(key);
    this.#failures.set(key, { count, last: now });
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= MOST_ENTRIES) break;
      this.#failures.delete(oldest);
    }
  }
}

function pairKey(accountName: string, address: string): string {
  return `${address} ${accountName.toLowerCase().slice(0, 64)}`;
}

function addressKey(address: string): string {
  return address;
}
