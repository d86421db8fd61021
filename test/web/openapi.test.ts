import { expect, test } from "bun:test";
import { createApp } from "../../src/web/app.ts";
import { webContext } from "../../src/web/web-context.ts";
import { callSocket, webFixture } from "./web-fixture.ts";

/** The API as it is promised: a change here is a change of the contract. */
const PROMISED = [
  "DELETE /api/v1/host-keys/{host}",
  "DELETE /api/v1/registries/{host}",
  "DELETE /api/v1/stacks/{name}",
  "DELETE /api/v1/stacks/{name}/variables/{key}",
  "DELETE /api/v1/variables/{key}",
  "GET /api/v1/deployments/{id}",
  "GET /api/v1/doctor",
  "GET /api/v1/events",
  "GET /api/v1/host-keys",
  "GET /api/v1/openapi.json",
  "GET /api/v1/registries",
  "GET /api/v1/stacks",
  "GET /api/v1/stacks/{name}",
  "GET /api/v1/stacks/{name}/deployments",
  "GET /api/v1/stacks/{name}/drift",
  "GET /api/v1/stacks/{name}/logs",
  "GET /api/v1/stacks/{name}/plan",
  "GET /api/v1/stacks/{name}/releases",
  "GET /api/v1/stacks/{name}/variables",
  "GET /api/v1/variables",
  "GET /api/v1/version",
  "PATCH /api/v1/stacks/{name}",
  "POST /api/v1/adoptions",
  "POST /api/v1/host-keys",
  "POST /api/v1/stacks",
  "POST /api/v1/stacks/{name}/deploy",
  "POST /api/v1/stacks/{name}/drift",
  "POST /api/v1/stacks/{name}/resume",
  "POST /api/v1/stacks/{name}/retry",
  "POST /api/v1/stacks/{name}/rollback",
  "POST /api/v1/stacks/{name}/start",
  "POST /api/v1/stacks/{name}/stop",
  "POST /api/v1/stacks/{name}/suspend",
  "PUT /api/v1/registries/{host}",
  "PUT /api/v1/stacks/{name}/variables/{key}",
  "PUT /api/v1/variables/{key}",
];

interface Document {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly requestBody?: unknown;
            readonly parameters?: readonly { readonly name: string; readonly in: string }[];
          }
        >
      >
    >
  >;
}

test("the document holds exactly the routes of the API", async () => {
  await using fixture = await webFixture();
  const document = (await callSocket(fixture, "GET", "/openapi.json")).body as unknown as Document;
  const told = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const { routes } = createApp(webContext(fixture.options, new AbortController().signal));
  const real = routes
    .filter(({ path }) => path.startsWith("/api/"))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:([a-z]+)/g, "{$1}")}`);
  expect(told.sort()).toEqual(PROMISED);
  expect(real.sort()).toEqual(PROMISED);
});

test("it names the parameters of a query", async () => {
  await using fixture = await webFixture();
  const document = (await callSocket(fixture, "GET", "/openapi.json")).body as unknown as Document;
  const logs = document.paths["/api/v1/stacks/{name}/logs"]?.["get"]?.parameters ?? [];
  expect(logs.map((one) => one.name)).toEqual(["name", "service", "tail", "since", "follow"]);
});

test("it tells the body of what is sent and the parameters of every path", async () => {
  await using fixture = await webFixture();
  const document = (await callSocket(fixture, "GET", "/openapi.json")).body as unknown as Document;
  expect(document.paths["/api/v1/stacks"]?.["post"]?.requestBody).toMatchObject({
    content: { "application/json": { schema: { type: "object", required: ["name", "repository"] } } },
  });
  for (const [path, methods] of Object.entries(document.paths))
    for (const operation of Object.values(methods))
      expect(operation.parameters?.filter((one) => one.in === "path").length ?? 0).toBe(path.split("{").length - 1);
});
