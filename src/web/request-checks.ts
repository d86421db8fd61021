import { isIP } from "node:net";

/**
 * Whether the Host header names this server. An address literal always does: only a name can be rebound to somebody else's address,
 * and then the header bears that name. Any port, for tunnels.
 */
export function knowsHost(header: string | null, allowed: readonly string[]): boolean {
  const match = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/.exec(header ?? "");
  const name = match?.[1]?.toLowerCase().replace(/^\[|\]$/g, "");
  if (name === undefined) return false;
  return isIP(name) !== 0 || name === "localhost" || allowed.includes(name);
}

/** GET, HEAD and OPTIONS promise to change nothing. */
export function isSafeMethod(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}

/**
 * Whether a request came from a page of ours. Browsers say so in `Sec-Fetch-Site` or `Origin`; a client that sends neither is no
 * browser, so that nobody's cookie rides along. `none` is an address that somebody typed: it may read, never change.
 */
export function isSameOrigin(request: Request, schemes: readonly ("http" | "https")[]): boolean {
  const site = request.headers.get("sec-fetch-site");
  const typed = site === "none" && isSafeMethod(request.method);
  if (site !== null && site !== "same-origin" && !typed) return false;
  const origin = request.headers.get("origin");
  return origin === null || schemes.some((scheme) => origin === `${scheme}://${request.headers.get("host") ?? ""}`);
}

/**
 * Whether the browser speaks TLS, with us or with the proxy before us, which says so in `X-Forwarded-Proto`; a browser that posts says
 * it in `Origin`. Who lies here gains nothing: cookies bear `Secure` for them alone.
 */
export function isOverTls({ headers }: Request, ownTls: boolean): boolean {
  return ownTls || headers.get("x-forwarded-proto") === "https" || (headers.get("origin") ?? "").startsWith("https:");
}

/**
 * The path as every part of the server must understand it, or null when two parts could differ: doubled slashes, dots, encoded
 * separators, control characters. The guard and the router then never disagree about which route is meant.
 */
export function plainPath(url: string): string | null {
  const path = URL.canParse(url) ? new URL(url).pathname : "";
  const decoded = decode(path);
  if (!path.startsWith("/") || decoded === null || path.length > 1_024) return null;
  if (/\/\/|\/\.{1,2}(\/|$)|\\|\p{Cc}/u.test(decoded) || /%(2f|5c|2e|00)/i.test(path)) return null;
  return path.length > 1 && path.endsWith("/") ? null : path;
}

function decode(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

/** A page is wanted, not data: decides between redirect and 401, HTML and JSON. */
export function isPagePath(path: string): boolean {
  return !path.startsWith("/api/") && path !== "/live" && !/^\/(healthz|readyz)$/.test(path);
}

export function isHtmx(request: Request): boolean {
  return request.headers.get("hx-request") === "true";
}
