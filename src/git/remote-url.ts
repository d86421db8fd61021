import { TallymanError } from "../error.ts";

export type Transport = "https" | "http" | "ssh";

/** A repository's address, checked and taken apart. Never holds a secret. */
export interface RemoteUrl {
  readonly transport: Transport;
  /** The SSH user; null over HTTP. */
  readonly user: string | null;
  /** Lowercase; IPv6 in brackets. */
  readonly host: string;
  readonly port: number;
  /** As the server gets it: over SSH `/srv/a.git`, `a.git` or `~me/a.git`; over HTTP still percent-encoded. */
  readonly path: string;
  /** What git is given and what people read. */
  readonly printable: string;
  /** The only place this repository's credential may go: `host`, or `host:port` where the port or plain HTTP makes another place of it. */
  readonly credentialHost: string;
  /** The host's name in known_hosts; null over HTTP. */
  readonly hostKeyName: string | null;
}

const DEFAULT_PORT: Readonly<Record<Transport, number>> = { https: 443, http: 80, ssh: 22 };
const MAX_LENGTH = 2048;
const FORMS = "https://host/path, http://host/path, ssh://user@host/path or user@host:path";

/**
 * Takes a repository URL apart, strictly: the four forms of `FORMS` and nothing else. Throws InvalidInput that names `repository`.
 * Refused are other schemes (`ext::`, `file://`, `fd::`, `git://`), local paths, credentials inside the URL, leading dashes, control characters.
 */
export function parseRemoteUrl(text: string): RemoteUrl {
  if (text === "") refuse("is empty");
  if (text.length > MAX_LENGTH) refuse(`is longer than ${MAX_LENGTH} characters`);
  if (hasControl(text)) refuse("holds white space or a control character");
  if (text.startsWith("-")) refuse("begins with a dash");
  const scheme = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(text);
  if (scheme) return parseWithScheme((scheme[1] ?? "").toLowerCase(), scheme[2] ?? "");
  if (/^[a-z][a-z0-9+.-]*::/i.test(text)) refuse("uses a remote helper (name::address)");
  return parseScpLike(text);
}

/** `host` for port 22, else `[host]:port`, as known_hosts spells it. */
export function hostKeyName(host: string, port: number): string {
  const bare = host.replace(/^\[|\]$/g, "");
  return port === DEFAULT_PORT.ssh ? bare : `[${bare}]:${port}`;
}

/** The other way round; null when it is no such name. */
export function parseHostKeyName(name: string): { readonly host: string; readonly port: number } | null {
  const withPort = /^\[([^\]]+)\]:(\d{1,5})$/.exec(name) ?? /^([^:[\]]+):(\d{1,5})$/.exec(name);
  const host = withPort ? (withPort[1] ?? "") : name;
  const port = withPort ? Number(withPort[2]) : DEFAULT_PORT.ssh;
  if (hasControl(host) || host === "" || host.startsWith("-") || port < 1 || port > 65535) return null;
  return { host: host.toLowerCase(), port };
}

function parseWithScheme(scheme: string, rest: string): RemoteUrl {
  if (scheme !== "https" && scheme !== "http" && scheme !== "ssh") refuse(`uses ${scheme}://`);
  const match = /^(?:([^@/]*)@)?(\[[0-9a-f:.]+\]|[^:/@[\]]*)(?::(\d{1,5}))?(\/.*)?$/i.exec(rest);
  if (!match) refuse("has a host or port that cannot be read");
  const [, user, rawHost = "", rawPort, rawPath = ""] = match;
  const port = rawPort === undefined ? DEFAULT_PORT[scheme] : Number(rawPort);
  if (port < 1 || port > 65535) refuse("has a port outside 1 to 65535");
  const host = checkHost(rawHost);
  if (/[?#]/.test(rawPath)) refuse("has a query or a fragment");
  return scheme === "ssh" ? ssh(user, host, port, rawPath, true) : web(scheme, user, host, port, rawPath);
}

function parseScpLike(text: string): RemoteUrl {
  const match = /^(?:([^@/:]*)@)?(\[[0-9a-f:.]+\]|[^:/@[\]]+):(.*)$/i.exec(text);
  if (!match) refuse(text.includes("@") ? "cannot be read" : "is a path on this host or cannot be read");
  const [, user, rawHost = "", path = ""] = match;
  return ssh(user, checkHost(rawHost), DEFAULT_PORT.ssh, path, false);
}

function web(transport: "https" | "http", user: string | undefined, host: string, port: number, path: string) {
  if (user !== undefined)
    refuse("holds a user name or password", "Leave it out and give the token as the stack's credential.");
  checkPath(path);
  const trimmed = path.replace(/\/+$/, "");
  const authority = port === DEFAULT_PORT[transport] ? host : `${host}:${port}`;
  return {
    transport,
    user: null,
    host,
    port,
    path: trimmed,
    printable: `${transport}://${authority}${trimmed}`,
    // A token given for https must not follow an edit to http, so plain HTTP always counts as another place.
    credentialHost: transport === "http" ? `${host}:${port}` : authority,
    hostKeyName: null,
  } as const;
}

function ssh(user: string | undefined, host: string, port: number, path: string, asUrl: boolean): RemoteUrl {
  if (user === undefined || user === "") refuse("names no SSH user", "Write it as git@host:path.");
  if (user.includes(":")) refuse("holds a password", "Leave it out; SSH uses the stack's key.");
  if (!/^[A-Za-z0-9_][A-Za-z0-9._+-]*$/.test(user)) refuse("has an SSH user with characters that are not allowed");
  checkPath(path);
  if (path.startsWith("-")) refuse("has a path that begins with a dash");
  const authority = port === DEFAULT_PORT.ssh ? host : `${host}:${port}`;
  return {
    transport: "ssh",
    user,
    host,
    port,
    path: asUrl && path.startsWith("/~") ? path.slice(1) : path,
    printable: asUrl ? `ssh://${user}@${authority}${path}` : `${user}@${host}:${path}`,
    credentialHost: authority,
    hostKeyName: hostKeyName(host, port),
  };
}

/** The host as a URL parser understands it, so that `0x7f.1` or `2130706433` cannot hide what they are. */
function checkHost(text: string): string {
  if (text === "") refuse("names no host");
  if (text.startsWith("-")) refuse("has a host that begins with a dash");
  if (!/^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)$/i.test(text)) refuse("has a host with characters that are not allowed");
  const host = URL.canParse(`http://${text}`)
    ? new URL(`http://${text}`).hostname
    : refuse("has a host that is no name or address");
  if (isLinkLocal(host)) refuse("points to a link-local address");
  return host;
}

/** Cloud metadata lives on link-local addresses; nobody keeps a repository there. */
function isLinkLocal(host: string): boolean {
  return host.startsWith("169.254.") || host.startsWith("[::ffff:a9fe:") || /^\[fe[89ab][0-9a-f]:/.test(host);
}

function checkPath(path: string): void {
  const decoded = path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  if (decoded.replace(/\/+/g, "") === "") refuse("has no path to a repository");
  if (hasControl(decoded.replaceAll(" ", ""))) refuse("has an encoded control character in its path");
  if (/(^|\/)\.\.(\/|$)/.test(decoded)) refuse("has .. in its path");
}

function hasControl(text: string): boolean {
  return /[\s\p{Cc}\p{Cf}]/u.test(text);
}

/** The URL itself is not repeated: it may hold the very password that it is refused for. */
function refuse(what: string, hint = `Use ${FORMS}.`): never {
  throw new TallymanError("InvalidInput", `repository: the URL ${what}`, { hint });
}
