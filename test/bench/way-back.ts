import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDaemon } from "../support/daemon.ts";
import type { TestEngine } from "../support/engine.ts";
import { containersOf, engineApi, removeProject } from "../support/engine-api.ts";
import { serveGitOverHttp } from "../support/git-http.ts";
import { BUSYBOX_IMAGE, busyboxImage } from "../support/images.ts";
import { composePlugin } from "../support/oracle.ts";
import { createRepository } from "../support/repository.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/waiting.ts";
import { median, RUNS, showRow, verdict } from "./figures.ts";
import { timed } from "./timed.ts";

const NAME = "bench-back";
const THEIRS = "bench-back-theirs";
const GOAL = 0.5;
const RUN = ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.05; done"];

/** Three services; the bad one never becomes healthy, so that all three are replaced before the verdict. */
function compose(version: number, healthy: boolean): string {
  const service = (probe: string) => ({
    image: BUSYBOX_IMAGE,
    command: RUN,
    environment: { VERSION: String(version) },
    healthcheck: { test: ["CMD", probe], interval: "1s", timeout: "5s", retries: 2 },
  });
  const services = { app: service(healthy ? "true" : "false"), db: service("true"), web: service("true") };
  return `${JSON.stringify({ services })}\n`;
}

/** From the verdict on a bad release to the start of the last former container, beside `docker compose up -d` of the old file. */
export async function benchWayBack(engine: TestEngine): Promise<void> {
  using directory = temporaryDirectory("back");
  await busyboxImage(engine);
  const ours = await wayBackMs(engine, directory.path);
  const theirs = await upAgainMs(engine, directory.path);
  const own = median(ours).toFixed(0);
  const beside = theirs
    ? `/${median(theirs).toFixed(0)} = ${ratio(ours, theirs)}`
    : ", no Docker Compose to compare with";
  showRow("way back of 3 services, after the verdict", `wall ms ${own}${beside}`);
}

function ratio(ours: readonly number[], theirs: readonly number[]): string {
  const found = median(ours) / median(theirs);
  return `${found.toFixed(2)} (goal ${GOAL}: ${verdict(found, GOAL)})`;
}

async function wayBackMs(engine: TestEngine, directory: string): Promise<readonly number[]> {
  const repository = await createRepository(directory, NAME);
  await repository.commit({ "compose.yaml": compose(0, true) }, "Good");
  const server = await serveGitOverHttp({ root: directory });
  const daemon = await startDaemon({ engine, root: join(directory, "root"), flags: ["--interval", "10m"] });
  const taken: number[] = [];
  try {
    await daemon.json(["stack", "add", NAME, "--repo", server.url(NAME)]);
    await until("the good one runs", async () => (await daemon.status(NAME)).state === "in-sync", 120_000);
    for (let run = 1; run <= RUNS; run += 1) {
      await repository.commit({ "compose.yaml": compose(run, false) }, `Bad ${run}`);
      await daemon.run("deploy", NAME, "--wait");
      type Entry = { readonly status: string; readonly finishedAt: string };
      const failed = (await daemon.json<readonly Entry[]>(["history", NAME])).find(({ status }) => status === "failed");
      taken.push((await lastStart(engine)) - Date.parse(failed?.finishedAt ?? ""));
    }
  } finally {
    await daemon.stop();
    await server.stop();
    await removeProject(engine, NAME);
  }
  return taken;
}

async function lastStart(engine: TestEngine): Promise<number> {
  const starts = (await containersOf(engine, NAME)).map(async ({ Id }) => {
    const found = await engineApi<{ State: { StartedAt: string } }>(engine, `/containers/${Id}/json`);
    return Date.parse(found.State.StartedAt);
  });
  return Math.max(...(await Promise.all(starts)));
}

/** Null without the plugin. */
async function upAgainMs(engine: TestEngine, directory: string): Promise<readonly number[] | null> {
  const plugin = await composePlugin();
  if (plugin === null) return null;
  const file = join(directory, "compose.yaml");
  const env = { PATH: process.env["PATH"] ?? "", HOME: directory, DOCKER_HOST: engine.dockerHost };
  const up = async (version: number, healthy: boolean): Promise<number> => {
    writeFileSync(file, compose(version, healthy));
    return (await timed([plugin, "-p", THEIRS, "-f", file, "up", "-d"], directory, env)).wallMs;
  };
  const taken: number[] = [];
  try {
    for (let run = 1; run <= RUNS; run += 1) {
      await up(run, false);
      taken.push(await up(0, true));
    }
  } finally {
    await removeProject(engine, THEIRS);
  }
  return taken;
}
