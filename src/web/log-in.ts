import { TallymanError } from "../error.ts";
import { record } from "./audit.ts";
import { checkPassword } from "./password.ts";
import type { Web } from "./web-context.ts";

/**
 * Checks a name and a password and opens a session; returns its token. The same words and the same time for a wrong name and a wrong
 * password. Throws Unauthorized, or Busy with a time to wait.
 */
export async function logIn(web: Web, address: string, name: string, password: string): Promise<string> {
  const waitMs = web.limiter.waitMs(name, address);
  if (waitMs > 0)
    throw new TallymanError("Busy", "too many failed attempts", {
      hint: `Wait ${Math.ceil(waitMs / 1_000)} s before the next one.`,
      retryAfterMs: waitMs,
    });
  web.limiter.attempt(name, address);
  const user = await web.store.users.byName(name);
  if (!(await checkPassword(password, user?.passwordHash ?? null)) || user === null) {
    web.log("warn", "a login failed", { from: address });
    throw new TallymanError("Unauthorized", "the name or the password is wrong", {
      hint: "Try again; every further failure makes the wait longer.",
    });
  }
  web.limiter.succeeded(name, address);
  const token = await web.sessions.open(user.id);
  const caller = { kind: "user", userId: user.id, name: user.name, sessionHash: "", csrf: "", address } as const;
  await record(web, caller, "logged in", user.name);
  return token;
}
