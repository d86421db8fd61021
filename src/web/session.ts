import { Elysia } from "elysia";
import { loginPage } from "../../views/account/login-page.tsx";
import { asTallymanError } from "../error.ts";
import { record } from "./audit.ts";
import { callerAddress, callerOf } from "./caller.ts";
import { dropCookie, SESSION_COOKIE, setCookie, VISITOR_COOKIE } from "./cookies.ts";
import { retryHeaders, statusOf } from "./error-answer.ts";
import { field } from "./form.ts";
import { logIn } from "./log-in.ts";
import { page, seeOther } from "./page.ts";
import { visitorFrame } from "./page-frame.ts";
import { isOverTls } from "./request-checks.ts";
import { Sessions } from "./sessions.ts";
import { visitorOf } from "./visitor.ts";
import type { Web } from "./web-context.ts";

/** `/login` and `/logout`. */
export function session(web: Web) {
  return new Elysia()
    .get("/login", async ({ request }) => {
      if (callerOf(request).kind !== "visitor") return seeOther(request, "/");
      if (await web.setupLink.isOpen()) return seeOther(request, "/setup");
      const visitor = visitorOf(web, request);
      return page(loginPage(visitorFrame(web, visitor), { name: "", error: null }), 200, withCookie(visitor.cookie));
    })
    .post("/login", async ({ request, body }) => {
      const name = field(body, "name").trim().slice(0, 64);
      try {
        const token = await logIn(web, callerAddress(callerOf(request)), name, field(body, "password"));
        return seeOther(request, "/", sessionCookies(web, request, token));
      } catch (thrown) {
        const error = asTallymanError(thrown);
        if (error.reason !== "Unauthorized" && error.reason !== "Busy") throw error;
        const form = loginPage(visitorFrame(web, visitorOf(web, request)), { name, error });
        return page(form, statusOf(error), retryHeaders(error));
      }
    })
    .post("/logout", async ({ request }) => {
      const caller = callerOf(request);
      if (caller.kind === "user") {
        await web.sessions.close(caller.sessionHash);
        await record(web, caller, "logged out", caller.name);
      }
      return seeOther(request, "/login", [dropCookie(SESSION_COOKIE, isOverTls(request, web.secure))]);
    });
}

/** The new session's cookie; the visitor's has done its work. */
export function sessionCookies(web: Web, request: Request, token: string): readonly string[] {
  const secure = isOverTls(request, web.secure);
  return [setCookie(SESSION_COOKIE, token, Sessions.cookieSeconds, secure), dropCookie(VISITOR_COOKIE, secure)];
}

export function withCookie(cookie: string | null): Record<string, string> {
  return cookie === null ? {} : { "set-cookie": cookie };
}
