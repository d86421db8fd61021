import { TallymanError } from "../error.ts";

/** Who sends a request, as the guard found out. */
export type Caller =
  /** Over the unix socket: whoever may open it may do everything on this host already. */
  | { readonly kind: "local" }
  | {
      readonly kind: "user";
      readonly userId: string;
      readonly name: string;
      /** SHA-256 of the session token, hex: the key of the session's row. */
      readonly sessionHash: string;
      readonly csrf: string;
      readonly address: string;
    }
  /** Nobody yet: only on the routes that the guard lists as public. */
  | { readonly kind: "visitor"; readonly csrf: string | null; readonly address: string };

const callers = new WeakMap<Request, Caller>();

export function admitAs(request: Request, caller: Caller): void {
  callers.set(request, caller);
}

/** Throws Unauthorized for a request that did not come through the guard: a hole in the wall stays closed. */
export function callerOf(request: Request): Caller {
  const caller = callers.get(request);
  if (!caller) throw new TallymanError("Unauthorized", "nobody vouched for this request", { hint: "Log in first." });
  return caller;
}

/** The name for the audit and for suspensions. */
export function callerName(caller: Caller): string {
  return caller.kind === "user" ? caller.name : caller.kind === "local" ? "local operator" : "visitor";
}

export function callerAddress(caller: Caller): string {
  return caller.kind === "local" ? "unix socket" : caller.address;
}

/** What a form of this caller's pages must send back. */
export function csrfOf(caller: Caller): string {
  return caller.kind === "local" ? "" : (caller.csrf ?? "");
}
