import { TallymanError } from "../error.ts";
import { admitAs, type Caller, callerOf } from "./caller.ts";
import { readCookie, SESSION_COOKIE, VISITOR_COOKIE } from "./cookies.ts";
import { isHtmx, isPagePath, isSafeMethod, isSameOrigin, knowsHost, plainPath } from "./request-checks.ts";
import { csrfToken } from "./secret-token.ts";
import type { Web } from "./web-context.ts";

/** How a request came in. */
export type Arrival =
  | { readonly via: "socket" }
  | {
      readonly via: "tcp";
      readonly address: string;
      /** Lifts the idle limit, which keeps strangers from holding connections: some answers take minutes. */
      readonly unhurried: () => void;
    };

/** What a visitor without a session may ask for; everything else is refused, routes that do not exist included. */
const PUBLIC: readonly { readonly methods: readonly string[]; readonly path: RegExp }[] = [
  { methods: ["GET", "HEAD"], path: /^\/(healthz|readyz|setup)$/ },
  { methods: ["GET", "HEAD"], path: /^\/assets\/\w[\w.-]*\/\w[\w.-]*$/ },
  { methods: ["GET", "HEAD", "POST"], path: /^\/login$/ },
  { methods: ["GET", "POST"], path: /^\/setup\/[A-Za-z0-9_-]{43}$/ },
];

/**
 * Stands before the router: decides about every request, by the path and the cookie alone. Returns the refusal as an answer, throws it as
 * an error, or returns null when the request may go on as the caller it was admitted as.
 */
export async function guard(web: Web, request: Request, arrival: Arrival): Promise<Response | null> {
  const path = plainPath(request.url);
  if (path === null) throw new TallymanError("NotFound", "there is nothing at this address", { hint: "Start at /." });
  if (arrival.via === "socket") {
    admitAs(request, { kind: "local" });
    return null;
  }
  refuseForeign(web, request, path);
  const caller = (await userOf(web, request, arrival.address)) ?? visitorOf(request, arrival.address);
  if (caller.kind === "visitor" && !isPublic(request.method, path)) return sendAway(web, request, path);
  if (caller.kind === "user") arrival.unhurried();
  admitAs(request, caller);
  return null;
}

export function isPublic(method: string, path: string): boolean {
  return PUBLIC.some((rule) => rule.methods.includes(method) && rule.path.test(path));
}

/**
 * Asked again where the router has chosen, with the path as the router read it: should the two ever read one URL differently, the
 * stricter reading wins. Throws Unauthorized.
 */
export function refuseStranger(request: Request, path: string): void {
  if (callerOf(request).kind !== "visitor" || isPublic(request.method, path)) return;
  throw new TallymanError("Unauthorized", "this needs a login", { hint: "Log in at /login." });
}

/** Host: against DNS rebinding. Origin: against other sites' forms and scripts; pages may be linked from elsewhere, data may not. */
function refuseForeign(web: Web, request: Request, path: string): void {
  if (!knowsHost(request.headers.get("host"), [web.listen.host.toLowerCase(), ...(web.hostNames ?? [])]))
    throw new TallymanError("Forbidden", "this server does not go by the name in the Host header", {
      hint: "Open it by its address, or name it with --host-name.",
    });
  const linkable = isSafeMethod(request.method) && isPagePath(path);
  if (!linkable && !isSameOrigin(request, schemesOf(web, request)))
    throw new TallymanError("Forbidden", "this request came from another site", {
      hint: "Do it on Tallyman's own page.",
    });
}

/** By a name of its own the operator's TLS proxy is asked, which speaks plain HTTP with us. */
function schemesOf(web: Web, request: Request): readonly ("http" | "https")[] {
  if (web.secure) return ["https"];
  return knowsHost(request.headers.get("host"), []) ? ["http"] : ["http", "https"];
}

async function userOf(web: Web, request: Request, address: string): Promise<Caller | null> {
  const token = readCookie(request, SESSION_COOKIE);
  const session = token === null ? null : await web.sessions.find(token);
  const user = session === null ? null : await web.store.users.byId(session.userId);
  if (token === null || session === null || user === null) return null;
  return {
    kind: "user",
    userId: user.id,
    name: user.name,
    sessionHash: session.tokenHash,
    csrf: csrfToken(token),
    address,
  };
}

function visitorOf(request: Request, address: string): Caller {
  const token = readCookie(request, VISITOR_COOKIE);
  return { kind: "visitor", csrf: token === null ? null : csrfToken(token), address };
}

async function sendAway(web: Web, request: Request, path: string): Promise<Response> {
  const locked = await web.setupLink.isOpen();
  if (!isPagePath(path))
    throw new TallymanError("Unauthorized", locked ? "Tallyman has no account yet" : "this needs a login", {
      hint: locked
        ? "Open the setup link that `tallyman serve` printed when it started."
        : "Log in at /login, or use the command line on the host itself.",
    });
  const location = locked ? "/setup" : "/login";
  if (isHtmx(request)) return new Response(null, { status: 401, headers: { "hx-redirect": location } });
  return new Response(null, { status: 303, headers: { location } });
}
