import { afterAll, describe, expect, test } from "bun:test";
import { isJsonCall, jsonCall } from "../../src/docker/json-call.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const UNIX = "unix:///var/run/docker.sock";
const GET = { method: "GET" };

describe("what goes past docker-modem", () => {
  test("JSON on a unix socket", () => expect(isJsonCall(UNIX, "/v1.41/images/a/b:1/json", GET)).toBe(true));
  test("not an Engine elsewhere", () => expect(isJsonCall("tcp://host:2375", "/info", GET)).toBe(false));
  test("not a file", () => expect(isJsonCall(UNIX, "/build", { method: "POST", file: "tar" })).toBe(false));
  test("not a login", () =>
    expect(isJsonCall(UNIX, "/images/create", { method: "POST", headers: { "X-Registry-Auth": "e30" } })).toBe(false));
  test("not a path that climbs", () => expect(isJsonCall(UNIX, "/images/../containers/web/json", GET)).toBe(false));
});

const directory = temporaryDirectory("json");
const socketPath = `${directory.path}/engine.sock`;
const server = Bun.serve({
  unix: socketPath,
  async fetch(request) {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/gone") return Response.json({ message: "No such container: web" }, { status: 404 });
    if (pathname === "/as-it-was") return new Response(null, { status: 304 });
    return Response.json({ method: request.method, search, body: await request.text() });
  },
});
afterAll(async () => {
  await server.stop(true);
  directory.remove();
});

const ask = (path: string, request: Parameters<typeof jsonCall>[2]) =>
  jsonCall(`unix://${socketPath}`, path, request, AbortSignal.timeout(10_000));

test("query and body arrive", async () => {
  const answer = await ask("/create", { method: "POST", query: { name: "a b", t: ["x"] }, body: { Image: "i" } });
  expect(answer).toEqual({ method: "POST", search: "?name=a+b&t=%5B%22x%22%5D", body: '{"Image":"i"}' });
});

test("a refusal bears its status and the Engine's words", async () => {
  const failure = await ask("/gone", GET).catch((thrown: unknown) => thrown);
  expect(failure).toMatchObject({ statusCode: 404, json: { message: "No such container: web" } });
});

test("nothing to change is no failure", async () => {
  expect(await ask("/as-it-was", { method: "POST" })).toBe("");
});
