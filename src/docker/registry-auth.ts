import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TallymanError } from "../error.ts";
import type { RegistryLoginBook } from "../registry-login.ts";

/** A login as the Engine takes it. */
export interface RegistryLogin {
  /** Value of X-Registry-Auth. */
  readonly header: string;
  /** Where it came from, for messages; never the login itself. */
  readonly source: string;
}

/** The login for a registry host (`docker.io`, `registry.example:5000`), or null to ask it without one. */
export type RegistryAuth = (registryHost: string) => Promise<RegistryLogin | null>;

export interface DockerConfigPlace {
  /** Folder of Docker's `config.json`. */
  readonly folder: string;
  /** What a credential helper is started with; its PATH says where helpers lie. */
  readonly environment: Readonly<Record<string, string>>;
}

interface DockerConfig {
  readonly auths?: Readonly<Record<string, AuthEntry>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

interface AuthEntry {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

const HUB = "https://index.docker.io/v1/";
const HELPER_DEADLINE_MS = 15_000;

/**
 * The logins that `docker login` keeps, read anew at each use, so that a new login counts at once. Throws RegistryDenied for a file or
 * helper that cannot be used; it names registry and place, never the secret. Source: docker/cli, config file and credential helpers.
 */
export function dockerLogins(place: DockerConfigPlace): RegistryAuth {
  const path = join(place.folder, "config.json");
  return async (registryHost) => {
    const config = await readConfig(path, registryHost);
    const key = registryHost === "docker.io" ? HUB : registryHost;
    const helper = config.credHelpers?.[key] ?? config.credHelpers?.[registryHost] ?? config.credsStore;
    const kept = helper ? await askHelper(helper, key, registryHost, place) : null;
    if (kept) return login(kept, key, `docker-credential-${helper}, named in ${path}`);
    const entry = findEntry(config.auths ?? {}, registryHost);
    const known = entry && readEntry(entry, registryHost, path);
    return known ? login(known, key, path) : null;
  };
}

async function readConfig(path: string, registryHost: string): Promise<DockerConfig> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
    if (code === "ENOENT" || code === "ENOTDIR") return {};
    throw unusable(registryHost, `${path} can't be read (${code})`);
  }
  try {
    const config: unknown = JSON.parse(text);
    if (typeof config === "object" && config !== null) return config;
  } catch {
    // The parser's own words quote the file, which holds secrets.
  }
  throw unusable(registryHost, `${path} holds no JSON object`);
}

/** Keys are host names, or addresses as older clients wrote them. */
function findEntry(auths: Readonly<Record<string, AuthEntry>>, registryHost: string): AuthEntry | null {
  const hosts =
    registryHost === "docker.io" ? ["index.docker.io", "docker.io", "registry-1.docker.io"] : [registryHost];
  const hostOf = (key: string): string => key.replace(/^https?:\/\//, "").split("/")[0] ?? "";
  const key = Object.keys(auths).find((one) => hosts.includes(hostOf(one)));
  return key === undefined ? null : (auths[key] ?? null);
}

type Known = Pick<AuthEntry, "username" | "password" | "identitytoken" | "registrytoken">;

/** Null for an entry that only says that a helper knows more. */
function readEntry(entry: AuthEntry, registryHost: string, path: string): Known | null {
  const { identitytoken, registrytoken } = entry;
  if (identitytoken) return { identitytoken };
  if (registrytoken) return { registrytoken };
  if (entry.username && entry.password) return { username: entry.username, password: entry.password };
  if (!entry.auth) return null;
  const [, username, password] = /^([^:]+):(.*?)\0*$/s.exec(Buffer.from(entry.auth, "base64").toString("utf8")) ?? [];
  if (username === undefined || password === undefined) throw unusable(registryHost, `its entry in ${path} is damaged`);
  return { username, password };
}

async function askHelper(
  helper: string,
  key: string,
  registryHost: string,
  { environment }: DockerConfigPlace,
): Promise<Known | null> {
  const name = `docker-credential-${helper}`;
  if (!/^[A-Za-z0-9._-]+$/.test(helper))
    throw unusable(registryHost, "the credential helper's name is no program name");
  const { code, stdout } = await runHelper(name, key, environment).catch(() => ({ code: -1, stdout: "" }));
  if (code !== 0) {
    if (/credentials not found/i.test(stdout)) return null;
    throw unusable(registryHost, code === -1 ? `${name} can't be started or gave no answer` : `${name} failed`);
  }
  const answer = parsedAnswer(stdout);
  if (!answer) throw unusable(registryHost, `${name} gave no login`);
  if (answer.Username === "<token>") return { identitytoken: answer.Secret };
  return { username: answer.Username, password: answer.Secret };
}

/** The server is asked for over standard input; nothing secret is in an argument. */
function runHelper(
  name: string,
  key: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(name, ["get"], {
      env: environment,
      stdio: ["pipe", "pipe", "ignore"],
      timeout: HELPER_DEADLINE_MS,
      killSignal: "SIGKILL",
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, stdout: Buffer.concat(chunks).toString("utf8") }));
    child.stdin.on("error", () => undefined);
    child.stdin.end(`${key}\n`);
  });
}

function parsedAnswer(text: string): { readonly Username: string; readonly Secret: string } | null {
  try {
    const { Username, Secret } = JSON.parse(text) as { readonly Username?: unknown; readonly Secret?: unknown };
    return typeof Username === "string" && typeof Secret === "string" ? { Username, Secret } : null;
  } catch {
    return null;
  }
}

function login(known: Known, serveraddress: string, source: string): RegistryLogin {
  // With padding: older Engines read no other base64.
  const base64 = Buffer.from(JSON.stringify({ ...known, serveraddress })).toString("base64");
  return { header: base64.replaceAll("+", "-").replaceAll("/", "_"), source };
}

/** Logins that Tallyman itself was given come first, asked for anew at each use; what it was not given is looked up elsewhere. */
export function givenLogins(book: RegistryLoginBook, otherwise: RegistryAuth): RegistryAuth {
  return async (registryHost) => {
    const given = await book.loginFor(registryHost);
    if (!given) return await otherwise(registryHost);
    const { username, secret: password } = given;
    const source = `tallyman registry login ${given.host}, user ${username}`;
    return login({ username, password }, given.host === "docker.io" ? HUB : given.host, source);
  };
}

/** A login's own words, for what wants them apart; empty without one. A token of either kind stands without a name. */
export function plainLogin(login: RegistryLogin | null): { readonly username: string; readonly secret: string } {
  if (login === null) return { username: "", secret: "" };
  const known = JSON.parse(Buffer.from(login.header, "base64url").toString("utf8")) as Known;
  return {
    username: known.identitytoken || known.registrytoken ? "" : (known.username ?? ""),
    secret: known.identitytoken ?? known.registrytoken ?? known.password ?? "",
  };
}

function unusable(registryHost: string, what: string): TallymanError {
  const command = registryHost === "docker.io" ? "docker login" : `docker login ${registryHost}`;
  return new TallymanError("RegistryDenied", `The login for ${registryHost} can't be used: ${what}.`, {
    hint: `Log in anew on the host, as the user that runs Tallyman: \`${command}\`.`,
  });
}
