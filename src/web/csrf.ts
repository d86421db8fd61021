import { TallymanError } from "../error.ts";
import { callerOf, csrfOf } from "./caller.ts";
import { isSafeMethod, plainPath } from "./request-checks.ts";
import { equalSecret } from "./secret-token.ts";

export const CSRF_FIELD = "csrf";

/**
 * Every form carries a token that only its own page could know. The API takes none: it is covered by the check of the origin, and no
 * form can send it JSON. Throws Forbidden.
 */
export function refuseForgedForm(request: Request, body: unknown): void {
  if (isSafeMethod(request.method) || plainPath(request.url)?.startsWith("/api/")) return;
  const caller = callerOf(request);
  if (caller.kind === "local") return;
  const wanted = csrfOf(caller);
  if (wanted !== "" && equalSecret(tokenIn(body), wanted)) return;
  throw new TallymanError("Forbidden", "this form is too old or does not come from this page", {
    hint: "Reload the page and try again; cookies must be allowed.",
  });
}

function tokenIn(body: unknown): string {
  const value = typeof body === "object" && body !== null && CSRF_FIELD in body ? body[CSRF_FIELD] : "";
  return typeof value === "string" ? value : "";
}
