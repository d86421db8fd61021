import { Elysia } from "elysia";
import type { Web } from "./web-context.ts";

const ENGINE_WITHIN_MS = 3_000;
/** Anybody may ask, but not make the Engine answer each time. */
const FRESH_MS = 2_000;

/** `/healthz`: the process answers. `/readyz`: it can also do its work; names what cannot, and no more, for anybody may ask. */
export function health(web: Web) {
  return new Elysia()
    .get("/healthz", () => ({ ok: true }))
    .get("/readyz", async ({ status }) => {
      const [store, engine] = await Promise.all([
        works(web.store.users.count()),
        web.loads.get("engine works", () => works(web.engine.info(AbortSignal.timeout(ENGINE_WITHIN_MS))), {
          freshMs: FRESH_MS,
        }),
      ]);
      return status(store && engine ? 200 : 503, { ok: store && engine, store, engine });
    });
}

async function works(attempt: Promise<unknown>): Promise<boolean> {
  return attempt.then(
    () => true,
    () => false,
  );
}
