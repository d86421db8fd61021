import { expect, test } from "bun:test";
import { openBrowser } from "./browser.ts";
import { output } from "./command.ts";
import { testEngine } from "./engine.ts";
import { containersOf, engineApi, removeProject } from "./engine-api.ts";
import { busyboxImage } from "./images.ts";
import { serveRegistry } from "./registry.ts";
import { proxyEngine } from "./socket-proxy.ts";

test("the busybox image runs, and the proxy counts what changed something", async () => {
  const engine = await testEngine();
  const image = await busyboxImage(engine);
  const proxy = await proxyEngine(engine.socketPath);
  const through = { ...engine, socketPath: proxy.socketPath };
  const labels = { "com.docker.compose.project": "rig" };
  const { Id } = await engineApi<{ readonly Id: string }>(through, "/containers/create?name=rig-1", "POST", {
    Image: image,
    Cmd: ["sh", "-c", "echo hello"],
    Labels: labels,
  });
  await engineApi(through, `/containers/${Id}/start`, "POST");
  expect(await engineApi(through, `/containers/${Id}/wait`, "POST")).toMatchObject({ StatusCode: 0 });
  expect((await containersOf(through, "rig")).map((container) => container.Names[0])).toEqual(["/rig-1"]);
  expect(proxy.mutating.map((request) => request.target.split("?")[0])).toEqual([
    "/containers/create",
    `/containers/${Id}/start`,
    `/containers/${Id}/wait`,
  ]);
  await removeProject(engine, "rig");
  expect(await containersOf(engine, "rig")).toEqual([]);
  await proxy.stop();
}, 90_000);

test("the proxy passes hijacked streams through", async () => {
  const engine = await testEngine();
  const image = await busyboxImage(engine);
  const proxy = await proxyEngine(engine.socketPath);
  const said = await output(["docker", "-H", proxy.dockerHost, "run", "--rm", "-i", image, "cat"], {
    input: "through\n",
  });
  expect(said).toBe("through");
  await proxy.stop();
}, 90_000);

test("a registry on the loopback wants its password", async () => {
  const registry = await serveRegistry({ auth: { username: "ann", password: "pass" } });
  expect((await fetch(`http://${registry.host}/v2/`)).status).toBe(401);
  const authorization = `Basic ${btoa("ann:pass")}`;
  expect((await fetch(`http://${registry.host}/v2/`, { headers: { authorization } })).status).toBe(200);
  await registry.stop();
}, 60_000);

test("the browser shows a page", async () => {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => new Response("<title>tally</title>", { headers: { "content-type": "text/html" } }),
  });
  const browser = await openBrowser();
  const page = await browser.newPage();
  await page.goto(server.url.href);
  expect(await page.title()).toBe("tally");
  await browser.close();
  await server.stop(true);
}, 90_000);
