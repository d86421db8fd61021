export const SESSION_COOKIE = "tallyman_session";
/** Ties the login and setup forms, and the setup link, to one browser before there is a session. */
export const VISITOR_COOKIE = "tallyman_visitor";

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** The token in a cookie; null when it is missing, doubled or not of our making. */
export function readCookie(request: Request, name: string): string | null {
  const values = (request.headers.get("cookie") ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value] = values;
  return values.length === 1 && value !== undefined && TOKEN.test(value) ? value : null;
}

/** `Set-Cookie` that scripts cannot read and other sites cannot send. `secure` belongs to TLS. */
export function setCookie(name: string, token: string, maxAgeSeconds: number, secure: boolean): string {
  return [
    `${name}=${token}`,
    "Path=/",
    "HttpOnly",
    "SameSite=Strict",
    `Max-Age=${maxAgeSeconds}`,
    secure ? "Secure" : "",
  ]
    .filter(Boolean)
    .join("; ");
}

export function dropCookie(name: string, secure: boolean): string {
  return setCookie(name, "", 0, secure);
}
