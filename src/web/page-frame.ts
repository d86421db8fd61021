import type { HostSummary, PageContext } from "../../views/page-context.ts";
import { assetUrl } from "./assets.ts";
import { type Caller, csrfOf } from "./caller.ts";
import type { Visitor } from "./visitor.ts";
import type { Web } from "./web-context.ts";

const ENGINE_WITHIN_MS = 1_500;
const HOST_FRESH_MS = 2_000;

/** What every page of this caller bears. */
export async function pageFrame(web: Web, caller: Caller): Promise<PageContext> {
  const known = caller.kind !== "visitor";
  return {
    now: web.now(),
    csrf: csrfOf(caller),
    userName: caller.kind === "user" ? caller.name : known ? "local operator" : null,
    host: known ? await web.loads.get("host", () => hostSummary(web), { freshMs: HOST_FRESH_MS }) : null,
    assetUrl,
  };
}

/** The same before there is a session: nothing of the host is told. */
export function visitorFrame(web: Web, { csrf }: Visitor): PageContext {
  return { now: web.now(), csrf, userName: null, host: null, assetUrl };
}

/** Null when the Engine does not answer soon: the page must not wait for it. */
async function hostSummary(web: Web): Promise<HostSummary | null> {
  try {
    const info = await web.engine.info(AbortSignal.timeout(ENGINE_WITHIN_MS));
    return { name: info.name, engineVersion: info.version, containers: info.containers };
  } catch {
    return null;
  }
}
