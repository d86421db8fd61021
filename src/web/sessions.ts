import type { Session } from "../store/session-store.ts";
import type { Store } from "../store/store.ts";
import type { Random } from "./secret-token.ts";
import { hashToken, newToken } from "./secret-token.ts";

const DAY_MS = 86_400_000;
const IDLE_MS = 7 * DAY_MS;
const LONGEST_MS = 30 * DAY_MS;
const EXTEND_AFTER_MS = 3_600_000;
const WATCH_EVERY_MS = 2_000;

/** Logged-in browsers: seven days after the last visit, thirty days in all. Holds hashes only; the token is the browser's. */
export class Sessions {
  readonly #store: Store["sessions"];
  readonly #now: () => Date;
  readonly #random: Random;
  readonly #watched = new Map<string, Set<AbortController>>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(store: Store["sessions"], now: () => Date, random: Random) {
    this.#store = store;
    this.#now = now;
    this.#random = random;
  }

  static readonly cookieSeconds = LONGEST_MS / 1_000;

  /** Returns the new token: never reuses one that the browser brought, so that nobody can plant a session. */
  async open(userId: string): Promise<string> {
    const now = this.#now();
    const token = newToken(this.#random);
    await this.#store.removeExpired(now.toISOString());
    await this.#store.create({
      userId,
      tokenHash: hashToken(token),
      createdAt: now.toISOString(),
      expiresAt: new Date(now.getTime() + IDLE_MS).toISOString(),
    });
    return token;
  }

  /** The session of a token while it lasts; a visit moves its end on, at most once an hour. */
  async find(token: string): Promise<Session | null> {
    const session = await this.#store.byTokenHash(hashToken(token));
    if (!session || !this.#lasts(session)) return null;
    const now = this.#now().getTime();
    const end = Math.min(now + IDLE_MS, Date.parse(session.createdAt) + LONGEST_MS);
    if (end - Date.parse(session.expiresAt) > EXTEND_AFTER_MS)
      // It lasts for now all the same: a full disk must not take the pages away.
      await this.#store.extend(session.tokenHash, new Date(end).toISOString()).catch(() => undefined);
    return session;
  }

  async close(tokenHash: string): Promise<void> {
    await this.#store.remove(tokenHash);
    this.#end(tokenHash);
  }

  /** Aborts when the session ends: at once on logout, within two seconds when it expires or is removed elsewhere. */
  watch(tokenHash: string, until: AbortSignal): AbortSignal {
    const ended = new AbortController();
    const group = this.#watched.get(tokenHash) ?? new Set();
    this.#watched.set(tokenHash, group.add(ended));
    this.#timer ??= setInterval(() => void this.#check(), WATCH_EVERY_MS);
    until.addEventListener("abort", () => this.#forget(tokenHash, ended), { once: true });
    return ended.signal;
  }

  stop(): void {
    for (const tokenHash of this.#watched.keys()) this.#end(tokenHash);
  }

  async #check(): Promise<void> {
    for (const tokenHash of this.#watched.keys()) {
      const session = await this.#store.byTokenHash(tokenHash).catch(() => null);
      if (!session || !this.#lasts(session)) this.#end(tokenHash);
    }
  }

  #lasts(session: Session): boolean {
    const now = this.#now().getTime();
    return now < Date.parse(session.expiresAt) && now < Date.parse(session.createdAt) + LONGEST_MS;
  }

  #end(tokenHash: string): void {
    for (const ended of this.#watched.get(tokenHash) ?? []) ended.abort();
    this.#watched.delete(tokenHash);
    this.#restWhenIdle();
  }

  #forget(tokenHash: string, ended: AbortController): void {
    const group = this.#watched.get(tokenHash);
    group?.delete(ended);
    if (group?.size === 0) this.#watched.delete(tokenHash);
    this.#restWhenIdle();
  }

  #restWhenIdle(): void {
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
