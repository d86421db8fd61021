import { expect, test } from "bun:test";
import { startDaemon } from "../support/daemon.ts";
import { testEngine } from "../support/engine.ts";
import { removeProject } from "../support/engine-api.ts";
import { serveGitOverHttp } from "../support/git-http.ts";
import { busyboxImage } from "../support/images.ts";
import { createRepository } from "../support/repository.ts";
import { twoServices } from "../support/sample-stack.ts";
import { proxyEngine } from "../support/socket-proxy.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/waiting.ts";

const POLLS = 10;

test("ten polls of an unchanged repository change nothing on the Engine", async () => {
  using directory = temporaryDirectory("quiet");
  const engine = await testEngine();
  await busyboxImage(engine);
  const repository = await createRepository(directory.path, "quiet");
  await repository.commit({ "compose.yaml": twoServices({ version: "1" }) }, "First");
  const server = await serveGitOverHttp({ root: directory.path });
  const proxy = await proxyEngine(engine.socketPath);
  const daemon = await startDaemon({ engine, dockerHost: proxy.dockerHost, flags: ["--interval", "5s"] });
  try {
    await daemon.json(["stack", "add", "quiet", "--repo", server.url("quiet")]);
    const settled = async () => (await daemon.status("quiet")).state === "in-sync";
    await until("the stack is in sync", settled, 120_000);
    // The deployment itself must have been seen, or the proxy counts nothing at all.
    expect(proxy.mutating.some(({ target }) => target.includes("/containers/create"))).toBe(true);

    await until("the pass after the deployment is over", settled);
    await Bun.sleep(1_000);
    proxy.forget();
    server.forgetRequests();
    const polls = () => server.requests.filter(({ target }) => target.includes("/info/refs")).length;
    await until(`${POLLS} polls were made`, () => polls() >= POLLS, 150_000, 250);
    expect(proxy.mutating).toEqual([]);
    expect(
      server.requests.filter(({ method, target }) => method === "POST" && !target.endsWith("/git-upload-pack")),
    ).toEqual([]);
    expect(await daemon.status("quiet")).toMatchObject({ state: "in-sync" });
  } finally {
    await daemon.stop();
    await proxy.stop();
    await server.stop();
    await removeProject(engine, "quiet");
  }
}, 400_000);
