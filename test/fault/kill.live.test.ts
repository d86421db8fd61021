import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Deployment } from "../../src/deployment.ts";
import { api, events } from "../support/api.ts";
import { type Daemon, startDaemon } from "../support/daemon.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { containersOf, engineApi, removeProject } from "../support/engine-api.ts";
import { type GitHttpServer, serveGitOverHttp } from "../support/git-http.ts";
import { busyboxImage } from "../support/images.ts";
import { createRepository, type TestRepository } from "../support/repository.ts";
import { twoServices } from "../support/sample-stack.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/waiting.ts";

// kill -9 of the daemon at every boundary of every operation of an update of two services; then only a start, no help.

const MOST_BOUNDARIES = 40;
const directory = temporaryDirectory("kill");
const root = `${directory.path}/root`;
let engine: TestEngine;
let repository: TestRepository;
let server: GitHttpServer;
let daemon: Daemon;

beforeAll(async () => {
  engine = await testEngine();
  await busyboxImage(engine);
  repository = await createRepository(directory.path, "kill");
  server = await serveGitOverHttp({ root: directory.path });
  daemon = await startDaemon({ engine, root, flags: ["--interval", "10m"] });
}, 120_000);

afterAll(async () => {
  await daemon.stop();
  await server.stop();
  await removeProject(engine, "kill");
  directory.remove();
}, 60_000);

/** Deploys and kills the daemon at the given operation event; false when the deployment had fewer of them. */
async function killAt(boundary: number): Promise<boolean> {
  const ended = new AbortController();
  const opened = Promise.withResolvers<void>();
  let seen = 0;
  const watching = (async () => {
    for await (const event of events(daemon, ended.signal, opened.resolve)) {
      // An operation begins where the one before it ended: one event a boundary, and the last one's end.
      if (event.type === "operation" && event.status === "running") seen += 1;
      if (event.type === "operation" && seen === boundary) return true;
      if (event.type === "pass-finished" && seen > 0) return false;
    }
    return false;
  })();
  await opened.promise;
  await api(daemon, "/stacks/kill/deploy", "POST", {});
  const reached = await watching;
  ended.abort();
  await daemon.kill();
  return reached;
}

async function versionsRunning(): Promise<readonly (readonly [string, string, string])[]> {
  const listed = await containersOf(engine, "kill");
  const found = listed.map(async ({ Id, Names, State }) => {
    const { Config } = await engineApi<{ readonly Config: { readonly Env: readonly string[] } }>(
      engine,
      `/containers/${Id}/json`,
    );
    const version = Config.Env.find((entry) => entry.startsWith("VERSION=")) ?? "";
    return [Names[0] ?? "", State, version] as const;
  });
  return (await Promise.all(found)).sort(([one], [other]) => one.localeCompare(other));
}

test("after a kill at any operation boundary a start alone converges", async () => {
  await repository.commit({ "compose.yaml": twoServices({ version: "0" }) }, "Version 0");
  await daemon.json(["stack", "add", "kill", "--repo", server.url("kill")]);
  await until("the first release is in sync", async () => (await daemon.status("kill")).state === "in-sync", 120_000);

  let boundary = 0;
  let reached = true;
  while (reached && boundary < MOST_BOUNDARIES) {
    boundary += 1;
    const version = String(boundary);
    const commit = await repository.commit({ "compose.yaml": twoServices({ version }) }, `Version ${version}`);
    reached = await killAt(boundary);
    daemon = await startDaemon({ engine, root, flags: ["--interval", "10m"] });
    const status = await until(
      `version ${version} is in sync after a kill at boundary ${boundary}`,
      async () => {
        const now = await daemon.status("kill");
        return now.state === "in-sync" && now.commit === commit ? now : null;
      },
      90_000,
      100,
    );
    expect(status.services.map((service) => service.state)).toEqual(["running", "running"]);
    await until(
      "nothing but the two services is left",
      async () => (await containersOf(engine, "kill")).length === 2,
      30_000,
    );
    expect(await versionsRunning()).toEqual([
      ["/kill-app-1", "running", `VERSION=${version}`],
      ["/kill-db-1", "running", `VERSION=${version}`],
    ]);
    const history = await daemon.json<readonly Deployment[]>(["history", "kill"]);
    const entries = history.filter((deployment) => deployment.commit === commit);
    expect(entries.map((deployment) => deployment.status)).toEqual(["healthy"]);
    expect(history.filter((deployment) => deployment.status === "applying")).toEqual([]);
  }
  console.log(`figure: kills tried at ${boundary - 1} operation boundaries, all converged`);
  expect(boundary).toBeGreaterThan(4);
}, 460_000);
