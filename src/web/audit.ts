import { type Caller, callerAddress, callerName } from "./caller.ts";
import type { Web } from "./web-context.ts";

/** Notes who changed what, from where; never a secret. */
export function record(web: Pick<Web, "store">, caller: Caller, what: string, subject: string): Promise<void> {
  return web.store.audit.add({ who: callerName(caller), from: callerAddress(caller), what, subject });
}
