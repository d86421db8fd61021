import { Elysia } from "elysia";
import { describeRoute } from "./openapi.ts";
import type { Web } from "./web-context.ts";

const WITHIN_MS = 30_000;

/** `/api/v1/doctor`: what works on this host and what to do about the rest. */
export function doctor(web: Web) {
  return new Elysia().get(
    "/api/v1/doctor",
    ({ request }) => web.doctor(AbortSignal.any([request.signal, AbortSignal.timeout(WITHIN_MS)])),
    describeRoute("Checks of the host, each with its fix"),
  );
}
