import { TallymanError } from "../error.ts";
import type { Store } from "../store/store.ts";
import type { User } from "../store/user-store.ts";
import type { Random } from "./secret-token.ts";
import { equalSecret, hashToken, newToken } from "./secret-token.ts";

const LASTS_MS = 86_400_000;

/** The one way in before there is a user: a link that only the operator's terminal showed, for one browser, for one day, once. */
export class SetupLink {
  readonly #store: Pick<Store, "setup" | "users">;
  readonly #now: () => Date;
  readonly #random: Random;

  constructor(store: Pick<Store, "setup" | "users">, now: () => Date, random: Random) {
    this.#store = store;
    this.#now = now;
    this.#random = random;
  }

  /** A new token, which makes every former one worthless; null when a user exists. */
  async issue(): Promise<string | null> {
    if (!(await this.isOpen())) return null;
    const token = newToken(this.#random);
    await this.#store.setup.issue(hashToken(token), new Date(this.#now().getTime() + LASTS_MS).toISOString());
    return token;
  }

  /** Whether Tallyman still waits for its first user. */
  async isOpen(): Promise<boolean> {
    return (await this.#store.users.count()) === 0;
  }

  /** Throws NotFound for a wrong, used or expired link and Forbidden for a second browser. */
  async enter(token: string, visitorToken: string): Promise<void> {
    const row = (await this.isOpen()) ? await this.#store.setup.byHash(hashToken(token)) : null;
    if (!row || Date.parse(row.expiresAt) <= this.#now().getTime())
      throw new TallymanError("NotFound", "this setup link is not valid, was used, or is older than a day", {
        hint: "Restart Tallyman on the host: it prints a new link as long as no account exists.",
      });
    const browserHash = hashToken(visitorToken);
    const bound = row.browserHash ?? ((await this.#store.setup.bindTo(row.tokenHash, browserHash)) ? browserHash : "");
    if (!equalSecret(bound, browserHash))
      throw new TallymanError("Forbidden", "this setup link was already opened in another browser", {
        hint: "Go on there. If that was not you, restart Tallyman on the host: it prints a new link.",
      });
  }

  async finish(token: string, visitorToken: string, name: string, passwordHash: string): Promise<User> {
    await this.enter(token, visitorToken);
    return this.#store.setup.consume(hashToken(token), { name, passwordHash, role: "admin" });
  }
}
