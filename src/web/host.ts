import { dirname } from "node:path";
import { Elysia } from "elysia";
import { hostPage } from "../../views/host/host-page.tsx";
import type { RefusedLogin } from "../../views/host/registries-section.tsx";
import { callerOf } from "./caller.ts";
import { describeRoute } from "./openapi.ts";
import { page } from "./page.ts";
import { pageFrame } from "./page-frame.ts";
import { logins } from "./registry-actions.ts";
import type { Web } from "./web-context.ts";
import type { DoctorReport } from "./web-options.ts";

const EXAMINED_WITHIN_MS = 30_000;
const ENGINE_WITHIN_MS = 3_000;

/** `/host` and `/api/v1/doctor`: what works on this host and what to do about the rest. */
export function host(web: Web) {
  return new Elysia()
    .get("/host", ({ request }) => hostAnswer(web, request, null, 200))
    .get(
      "/api/v1/doctor",
      ({ request }) => examined(web, request),
      describeRoute("Checks of the host, each with its fix"),
    );
}

/** The host's page; `refusedLogin` is what was typed into the form for registries and could not be kept. */
export async function hostAnswer(
  web: Web,
  request: Request,
  refusedLogin: RefusedLogin | null,
  status: number,
): Promise<Response> {
  const [frame, engine, { checks }, registries] = await Promise.all([
    pageFrame(web, callerOf(request)),
    web.engine.info(AbortSignal.timeout(ENGINE_WITHIN_MS)).catch(() => null),
    examined(web, request),
    logins(web),
  ]);
  const root = dirname(dirname(web.socketPath));
  return page(hostPage(frame, { engine, root, build: web.build, checks, registries, refusedLogin }), status);
}

function examined(web: Web, request: Request): Promise<DoctorReport> {
  return web.doctor(AbortSignal.any([request.signal, AbortSignal.timeout(EXAMINED_WITHIN_MS)]));
}
