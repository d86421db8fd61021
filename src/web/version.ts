import { Elysia } from "elysia";
import { describeRoute } from "./openapi.ts";
import type { Web } from "./web-context.ts";

/** `/api/v1/version`. */
export function version(web: Web) {
  return new Elysia().get("/api/v1/version", () => web.build, describeRoute("Which build this is"));
}
