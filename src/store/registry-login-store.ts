import { TallymanError } from "../error.ts";
import type { RegistryLogin, RegistryLoginBook } from "../registry-login.ts";
import type { Database } from "./database.ts";
import { text } from "./row.ts";
import type { Place, Seal } from "./seal.ts";

const MOST_BYTES = 65_536;

/** One login per registry; its secret is sealed and bound to that host. */
export class RegistryLoginStore implements RegistryLoginBook {
  readonly #database: Database;
  readonly #seal: Seal;

  constructor(database: Database, seal: Seal) {
    this.#database = database;
    this.#seal = seal;
  }

  async loginFor(address: string): Promise<RegistryLogin | null> {
    const host = registryHost(address);
    const [row] = await this.#database.query("SELECT * FROM registry_login WHERE host = ?", host);
    if (!row) return null;
    return { host, username: text(row, "username"), secret: this.#seal.open(placeOf(host), text(row, "secret")) };
  }

  /** By host. */
  async list(): Promise<readonly Omit<RegistryLogin, "secret">[]> {
    const rows = await this.#database.query("SELECT host, username FROM registry_login ORDER BY host");
    return rows.map((row) => ({ host: text(row, "host"), username: text(row, "username") }));
  }

  /** Replaces the host's login. Throws InvalidInput. */
  async set(login: RegistryLogin): Promise<void> {
    const host = registryHost(login.host);
    checkLogin({ ...login, host });
    await this.#database.write({
      sql: "INSERT OR REPLACE INTO registry_login (host, username, secret) VALUES (?, ?, ?)",
      values: [host, login.username, this.#seal.close(placeOf(host), login.secret)],
    });
  }

  /** Whether there was one. */
  async remove(host: string): Promise<boolean> {
    const [rows = []] = await this.#database.write({
      sql: "DELETE FROM registry_login WHERE host = ? RETURNING host",
      values: [registryHost(host)],
    });
    return rows.length > 0;
  }
}

/**
 * The name under which images name a registry; `https://Index.Docker.io/v1/` is `docker.io`. Source: docker/cli, which keeps Docker Hub's
 * login under that address.
 */
export function registryHost(address: string): string {
  const host = address
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, "")
    .replace(/\/.*$/s, "");
  return ["index.docker.io", "registry-1.docker.io", "hub.docker.com"].includes(host) ? "docker.io" : host;
}

/** Nothing that was given is quoted, as it may be the secret in the wrong place. */
function checkLogin({ host, username, secret }: RegistryLogin): void {
  if (!/^(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?$/.test(host) || host.length > 300) {
    throw new TallymanError("InvalidInput", "host: this is no registry", {
      hint: "Write HOST or HOST:PORT as images name it, such as ghcr.io; docker.io is Docker Hub.",
    });
  }
  if (username === "" || username.length > 1_024 || /[\p{Cc}:]/u.test(username)) {
    throw new TallymanError(
      "InvalidInput",
      `username: it is missing, too long, or holds a colon or control character`,
      {
        hint: `Give the user name under which ${host} knows you.`,
      },
    );
  }
  if (secret === "" || Buffer.byteLength(secret) > MOST_BYTES) {
    throw new TallymanError("InvalidInput", "secret: it is missing or longer than 64 KiB", {
      hint: `Give the password or the access token for ${host}.`,
    });
  }
}

function placeOf(host: string): Place {
  return { table: "registry_login", row: host, column: "secret" };
}
