import { afterAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandResult } from "../support/command.ts";
import { tallyman } from "../support/daemon.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { containersOf, engineApi, removeProject } from "../support/engine-api.ts";
import { BUSYBOX_IMAGE, busyboxImage } from "../support/images.ts";
import { oracle } from "../support/oracle.ts";
import { temporaryDirectory } from "../support/temporary.ts";

// What one of Docker Compose and Tallyman made, the other one goes on with: the same containers, and a change moves what it must.

const docker = await oracle();
if (docker === null) console.warn("Docker Compose is not at hand: nothing is compared with it");
const directory = temporaryDirectory("interop");
const PROJECT = "interop-matrix";
const file = join(directory.path, "compose.yaml");
const LIMIT = 240_000;

afterAll(async () => {
  await removeProject(await testEngine(), PROJECT);
  directory.remove();
});

type Who = "Docker Compose" | "Tallyman";

interface Shape {
  readonly app?: string;
  readonly db?: string;
  readonly network?: string;
}

const RUN = ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.2; done"];

/** Everything that makes the two disagree: waiting, sharing, a volume, a job, a network with a definition of its own. */
function write({ app = "1", db = "1", network = "1" }: Shape): void {
  const service = (more: object) => ({ image: BUSYBOX_IMAGE, command: RUN, stop_grace_period: "1s", ...more });
  const services = {
    db: service({
      environment: { VERSION: db },
      volumes: ["data:/data"],
      healthcheck: { test: ["CMD", "true"], interval: "1s", timeout: "2s", retries: 3 },
    }),
    job: service({ command: ["true"], depends_on: { db: { condition: "service_healthy" } } }),
    app: service({
      environment: { VERSION: app },
      depends_on: { job: { condition: "service_completed_successfully" } },
      networks: { default: { aliases: ["api"] }, back: null },
    }),
    web: service({ expose: ["80"] }),
    side: service({ network_mode: "service:db" }),
    reader: service({ volumes_from: ["db:ro"] }),
  };
  const networks = { back: { labels: { version: network } } };
  writeFileSync(file, JSON.stringify({ services, networks, volumes: { data: {} } }));
}

async function run(who: Who, engine: TestEngine, ...words: readonly string[]): Promise<CommandResult> {
  const common = ["-p", PROJECT, "-f", file];
  const [verb = "", ...options] = words;
  const result =
    who === "Tallyman"
      ? await tallyman(["compose", verb, ...common, "--docker-host", engine.dockerHost, ...options])
      : await composed(engine, [...common, verb, ...(verb === "up" ? ["-d", "--pull", "never"] : []), ...options]);
  if (result.code !== 0) throw new Error(`${who} ${words.join(" ")}: ${result.stderr}`);
  return result;
}

async function composed(engine: TestEngine, words: readonly string[]): Promise<CommandResult> {
  if (docker === null) throw new Error("Docker Compose is not at hand");
  return docker.compose(engine, words);
}

/** Container ids by name. */
async function ids(engine: TestEngine): Promise<Readonly<Record<string, string>>> {
  const found = await containersOf(engine, PROJECT);
  return Object.fromEntries(found.map(({ Id, Names }) => [Names[0]?.slice(1) ?? "", Id]));
}

async function replacedSince(engine: TestEngine, before: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const now = Object.entries(await ids(engine));
  const prefix = `${PROJECT}-`;
  return now
    .filter(([name, id]) => before[name] !== id)
    .map(([name]) => name.replace(prefix, ""))
    .sort();
}

/** Names of all networks and volumes, and ids of all containers, of whoever. */
async function inventory(engine: TestEngine): Promise<readonly string[]> {
  const containers = await engineApi<readonly { Id: string }[]>(engine, "/containers/json?all=1");
  const networks = await engineApi<readonly { Name: string }[]>(engine, "/networks");
  const { Volumes } = await engineApi<{ Volumes: readonly { Name: string }[] | null }>(engine, "/volumes");
  return [...containers.map(({ Id }) => Id), ...[...networks, ...(Volumes ?? [])].map(({ Name }) => Name)].sort();
}

for (const creator of ["Docker Compose", "Tallyman"] as const)
  for (const operator of ["Docker Compose", "Tallyman"] as const)
    test.skipIf(docker === null)(
      `${operator} goes on with what ${creator} created`,
      async () => {
        const engine = await testEngine();
        await busyboxImage(engine);
        await removeProject(engine, PROJECT);
        const untouched = await inventory(engine);
        write({});
        await run(creator, engine, "up");
        const created = await ids(engine);
        const names = ["app", "db", "job", "reader", "side", "web"].map((name) => `${PROJECT}-${name}-1`);
        expect(Object.keys(created).sort()).toEqual(names);

        await run(operator, engine, "up");
        expect(await ids(engine)).toEqual(created);

        write({ app: "2" });
        await run(operator, engine, "up");
        expect(await replacedSince(engine, created)).toEqual(["app-1"]);

        const before = await ids(engine);
        write({ app: "2", db: "2" });
        await run(operator, engine, "up");
        expect(await replacedSince(engine, before)).toEqual(["db-1", "reader-1", "side-1"]);

        const single = await ids(engine);
        await run(operator, engine, "up", "--scale", "web=3");
        expect(await replacedSince(engine, single)).toEqual(["web-2", "web-3"]);
        await run(operator, engine, "up");
        expect(await ids(engine)).toEqual(single);

        write({ app: "2", db: "2", network: "2" });
        await run(operator, engine, "up");
        expect(await replacedSince(engine, single)).toEqual([]);
        expect((await containersOf(engine, PROJECT)).filter(({ State }) => State === "running")).toHaveLength(5);

        const other = operator === "Tallyman" ? "Docker Compose" : "Tallyman";
        await run(other, engine, "up");
        expect(await ids(engine)).toEqual(single);

        await run(operator, engine, "down", "-v");
        expect(await inventory(engine)).toEqual(untouched);
      },
      LIMIT,
    );
