import { readCookie, setCookie, VISITOR_COOKIE } from "./cookies.ts";
import { isOverTls } from "./request-checks.ts";
import { csrfToken, newToken } from "./secret-token.ts";
import type { Web } from "./web-context.ts";

const LASTS_SECONDS = 86_400;

/** A browser that has no session yet, known by a cookie of its own. */
export interface Visitor {
  readonly token: string;
  readonly csrf: string;
  /** To be set when the browser did not bring the cookie. */
  readonly cookie: string | null;
}

export function visitorOf(web: Web, request: Request): Visitor {
  const brought = readCookie(request, VISITOR_COOKIE);
  const token = brought ?? newToken(web.random);
  return {
    token,
    csrf: csrfToken(token),
    cookie: brought === null ? setCookie(VISITOR_COOKIE, token, LASTS_SECONDS, isOverTls(request, web.secure)) : null,
  };
}
