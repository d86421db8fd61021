import { Elysia } from "elysia";
import { lockedPage, setupPage } from "../../views/account/setup-page.tsx";
import { asTallymanError, TallymanError } from "../error.ts";
import { record } from "./audit.ts";
import { callerAddress, callerOf } from "./caller.ts";
import { field } from "./form.ts";
import { page, seeOther } from "./page.ts";
import { visitorFrame } from "./page-frame.ts";
import { hashPassword, refuseWeakPassword } from "./password.ts";
import { sessionCookies, withCookie } from "./session.ts";
import { visitorOf } from "./visitor.ts";
import type { Web } from "./web-context.ts";

/** `/setup`: the first account, once. */
export function setup(web: Web) {
  return new Elysia()
    .get("/setup", async ({ request }) =>
      (await web.setupLink.isOpen())
        ? page(lockedPage(visitorFrame(web, visitorOf(web, request))))
        : seeOther(request, "/login"),
    )
    .get("/setup/:token", async ({ request, params }) => {
      const visitor = visitorOf(web, request);
      await web.setupLink.enter(params.token, visitor.token);
      const form = { token: params.token, name: "", error: null };
      return page(setupPage(visitorFrame(web, visitor), form), 200, withCookie(visitor.cookie));
    })
    .post("/setup/:token", async ({ request, params, body }) => {
      const visitor = visitorOf(web, request);
      const name = field(body, "name").trim();
      await web.setupLink.enter(params.token, visitor.token);
      try {
        const password = passwordIn(body);
        refuseOddName(name);
        const user = await web.setupLink.finish(params.token, visitor.token, name, await hashPassword(password));
        const token = await web.sessions.open(user.id);
        const who = { kind: "user", userId: user.id, name, sessionHash: "", csrf: "" } as const;
        await record(web, { ...who, address: callerAddress(callerOf(request)) }, "first account made", name);
        return seeOther(request, "/", sessionCookies(web, request, token));
      } catch (thrown) {
        const error = asTallymanError(thrown);
        if (error.reason !== "InvalidInput") throw error;
        return page(setupPage(visitorFrame(web, visitor), { token: params.token, name, error }), 400);
      }
    });
}

function passwordIn(body: unknown): string {
  const password = field(body, "password");
  refuseWeakPassword(password);
  if (field(body, "repeated") === password) return password;
  throw new TallymanError("InvalidInput", "repeated: is not the same as the password", { hint: "Type it once more." });
}

function refuseOddName(name: string): void {
  if (/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,63}$/u.test(name)) return;
  throw new TallymanError("InvalidInput", "name: must begin with a letter or digit and have at most 64 characters", {
    hint: "Letters, digits, spaces and . _ @ - are fine.",
  });
}
