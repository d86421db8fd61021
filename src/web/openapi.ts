import type { AnyElysia } from "elysia";
import { Elysia } from "elysia";
import type { Web } from "./web-context.ts";

/** What the document says about a route, put where the route is declared: `query` maps each parameter to its meaning. */
export function describeRoute(summary: string, success = 200, query: Readonly<Record<string, string>> = {}) {
  return { detail: { summary, success, query } };
}

interface Described {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly success: number;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** `/api/v1/openapi.json`: made from the routes themselves, so that it cannot lie about which there are. */
export function openapi(web: Web, app: () => AnyElysia) {
  return new Elysia().get(
    "/api/v1/openapi.json",
    () => openapiDocument(web.build.version, describedRoutes(app())),
    describeRoute("This document"),
  );
}

/** The routes of the API. Throws for one that lacks its description. */
export function describedRoutes(app: AnyElysia): readonly Described[] {
  return app.routes
    .filter((route) => route.path.startsWith("/api/"))
    .map((route) => {
      const { detail, body } = route.hooks as { detail?: Partial<Described>; body?: unknown };
      if (detail?.summary === undefined) throw new Error(`${route.method} ${route.path} has no description`);
      const { summary, success = 200, query = {} } = detail;
      return { method: route.method, path: route.path, summary, success, query, body };
    });
}

export function openapiDocument(version: string, routes: readonly Described[]) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:([a-z]+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Tallyman", version, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    security: [{ session: [] }],
    paths,
    components: {
      securitySchemes: { session: { type: "apiKey", in: "cookie", name: "tallyman_session" } },
      schemas: { Error: ERROR },
    },
  };
}

function operation(route: Described) {
  const names = [...route.path.matchAll(/:([a-z]+)/g)].map((match) => match[1]);
  const parameters = [...names.map(pathParameter), ...Object.entries(route.query).map(queryParameter)];
  return {
    summary: route.summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined ? {} : { requestBody: { content: { "application/json": { schema: route.body } } } }),
    responses: {
      [route.success]: { description: "Done" },
      default: {
        description: "Not done",
        content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
      },
    },
  };
}

function pathParameter(name: string | undefined) {
  return { name, in: "path", required: true, schema: { type: "string" } };
}

function queryParameter([name, description]: readonly [string, string]) {
  return { name, in: "query", required: false, description, schema: { type: "string" } };
}

const ERROR = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["reason", "message", "hint"],
      properties: { reason: { type: "string" }, message: { type: "string" }, hint: { type: "string" } },
    },
  },
} as const;
