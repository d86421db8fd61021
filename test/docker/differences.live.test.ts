import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { connectEngine } from "../../src/docker/docker-engine.ts";
import { observeQuery } from "../../src/plan/planner.ts";
import type { Project, Service } from "../../src/project.ts";
import { composeUp } from "../../src/reconcile/compose-project.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { containersOf, engineApi, removeProject } from "../support/engine-api.ts";
import { JumpingClock } from "../support/flow.ts";
import { BUSYBOX_IMAGE, busyboxImage, createImage } from "../support/images.ts";
import { oracle } from "../support/oracle.ts";
import { sampleProject } from "../support/sample-project.ts";
import { CORPUS_FOLDERS, CORPUS_IMAGE, CORPUS_PROJECT, corpusProject } from "./create-corpus.ts";

// What was just made as the file says differs in no field; what somebody changed by hand differs in that field alone.

const LIMIT = 300_000;
const PROJECT = "dk-differences";
const signal = AbortSignal.timeout(1_200_000);
let engine: TestEngine;

beforeAll(async () => {
  engine = await testEngine();
  await busyboxImage(engine);
  await createImage(engine, CORPUS_IMAGE);
}, 120_000);

afterAll(async () => {
  await removeProject(engine, PROJECT);
  await removeProject(engine, CORPUS_PROJECT);
});

const nothing = (): void => undefined;

async function up(project: Project, start: boolean): Promise<void> {
  const client = connectEngine({ dockerHost: engine.dockerHost });
  const parts = { engine: client, clock: new JumpingClock(), onStep: nothing, onProgress: nothing, onWarning: nothing };
  await composeUp(project, { start, removeOrphans: true, waitMs: null }, parts, signal);
}

/** Of every container of the project. */
async function differences(project: Project): Promise<readonly string[]> {
  const client = connectEngine({ dockerHost: engine.dockerHost });
  const observed = await client.observe(observeQuery(project), signal);
  const found = await client.differences({ project, observed, labels: {} }, signal);
  expect(found.size).toBe(observed.containers.length);
  return [...found.values()].flat().map(({ field, wanted, found: has }) => `${field}: ${wanted} → ${has}`);
}

for (const folder of CORPUS_FOLDERS)
  test(
    `nothing differs in what was just created for the projects of ${basename(folder)}`,
    async () => {
      const told: string[] = [];
      for (const name of readdirSync(folder)) {
        const project = corpusProject(join(folder, name));
        await removeProject(engine, CORPUS_PROJECT);
        await up(project, false);
        told.push(...(await differences(project)).map((difference) => `${name}: ${difference}`));
      }
      expect(told).toEqual([]);
    },
    LIMIT,
  );

const RUN: Partial<Service> = {
  image: BUSYBOX_IMAGE,
  command: ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.2; done"],
  environment: { DEBUG: "1" },
  labels: { "shop.role": "web" },
  mem_limit: "67108864",
  ports: [{ target: 80, protocol: "tcp" }],
  volumes: [{ type: "volume", source: "data", target: "/data" }],
};

describe("a container that runs", () => {
  const project = sampleProject(
    {
      web: RUN,
      side: {
        ...RUN,
        ports: [],
        network_mode: "service:web",
        networks: {},
        depends_on: { web: { condition: "service_started", required: true } },
      },
    },
    PROJECT,
  );
  const only = sampleProject({ web: RUN }, PROJECT);
  const fresh = async (of = only): Promise<string> => {
    await removeProject(engine, PROJECT);
    await up(of, true);
    return (await containersOf(engine, PROJECT)).find(({ Names }) => Names[0]?.endsWith("web-1"))?.Id ?? "";
  };

  test(
    "differs in nothing",
    async () => {
      await fresh(project);
      expect(await differences(project)).toEqual([]);
    },
    LIMIT,
  );

  test(
    "differs in its memory limit after docker update --memory",
    async () => {
      const id = await fresh();
      await engineApi(engine, `/containers/${id}/update`, "POST", { Memory: 128 * 2 ** 20, MemorySwap: -1 });
      expect(await differences(only)).toContain("memory limit: 67108864 → 134217728");
    },
    LIMIT,
  );

  test(
    "differs in its restart policy after docker update --restart",
    async () => {
      const id = await fresh();
      await engineApi(engine, `/containers/${id}/update`, "POST", { RestartPolicy: { Name: "no" } });
      expect(await differences(only)).toEqual(["restart policy: always → no"]);
    },
    LIMIT,
  );

  test(
    "differs in a network after docker network disconnect",
    async () => {
      const id = await fresh();
      await engineApi(engine, `/networks/${PROJECT}_default/disconnect`, "POST", { Container: id, Force: true });
      expect(await differences(only)).toEqual([`network ${PROJECT}_default: attached → not attached`]);
    },
    LIMIT,
  );

  /** Made again by hand with the same labels and these changes. */
  const byHand = async (change: (body: Body) => void): Promise<readonly string[]> => {
    const id = await fresh();
    const { Config, HostConfig, Name } = await engineApi<Inspect>(engine, `/containers/${id}/json`);
    await engineApi(engine, `/containers/${id}?force=1`, "DELETE");
    const aliases = [Name.slice(1), "web"];
    const body: Body = {
      ...Config,
      HostConfig,
      Hostname: "",
      NetworkingConfig: { EndpointsConfig: { [`${PROJECT}_default`]: { Aliases: aliases } } },
    };
    change(body);
    const made = await engineApi<{ Id: string }>(engine, `/containers/create?name=${Name.slice(1)}`, "POST", body);
    await engineApi(engine, `/containers/${made.Id}/start`, "POST");
    return differences(only);
  };

  test(
    "made again by hand just so differs in nothing",
    async () => {
      expect(await byHand(nothing)).toEqual([]);
    },
    LIMIT,
  );

  test.each<[string, (body: Body) => void, string]>([
    ["environment", (body) => body.Env.push("TOKEN=secret"), "environment TOKEN: not set → set"],
    ["a value", (body) => body.Env.splice(0, 1, "DEBUG=2"), "environment DEBUG: set → another value"],
    ["a label", (body) => Object.assign(body.Labels, { "shop.role": "x" }), "label shop.role: set → another value"],
    ["a mount", (body) => body.HostConfig.Binds.push("/tmp:/mnt"), "mount /mnt: none → bind /tmp"],
    ["a volume", (body) => body.HostConfig.Binds.splice(0), `mount /data: volume ${PROJECT}_data → none`],
    [
      "a port",
      (body) => Object.assign(body.HostConfig.PortBindings, { "81/tcp": [{}] }),
      "port 81/tcp: none → any port",
    ],
    ["a command", (body) => body.Cmd.push("x"), "command: set → another value"],
    ["privileges", (body) => Object.assign(body.HostConfig, { ReadonlyRootfs: true }), "read-only root: false → true"],
  ])(
    "made again by hand with another %s differs in that",
    async (_, change, told) => {
      expect(await byHand(change)).toContain(told);
    },
    LIMIT,
  );

  test(
    "tells no secret",
    async () => {
      expect((await byHand((body) => body.Env.push("TOKEN=hunter2"))).join()).not.toContain("hunter2");
    },
    LIMIT,
  );
});

interface Body {
  readonly Env: string[];
  readonly Cmd: string[];
  readonly Labels: Record<string, string>;
  Hostname: string;
  readonly HostConfig: { readonly Binds: string[]; readonly PortBindings: Record<string, unknown> };
  readonly [more: string]: unknown;
}

interface Inspect {
  readonly Name: string;
  readonly Config: Body;
  readonly HostConfig: Body["HostConfig"];
}

const compose = await oracle();
if (compose === null) console.warn("no Docker Compose is at hand: what it creates is not compared");
else
  for (const folder of CORPUS_FOLDERS)
    test(
      `nothing differs in what Docker Compose ${compose.version} creates for the projects of ${basename(folder)}`,
      async () => {
        const told: string[] = [];
        for (const name of readdirSync(folder)) {
          const project = corpusProject(join(folder, name));
          await removeProject(engine, CORPUS_PROJECT);
          const made = await createByCompose(project);
          if (made !== "") continue;
          told.push(...(await differences(project)).map((difference) => `${name}: ${difference}`));
        }
        expect(told).toEqual([]);
      },
      LIMIT,
    );

/** What it said when it refused; "" when it created everything. */
async function createByCompose(project: Project): Promise<string> {
  const file = join(mkdtempSync(join(tmpdir(), "tmd-")), "compose.json");
  writeFileSync(file, JSON.stringify(printable(project)).replaceAll("$", "$$$$"));
  const words = [
    "-p",
    project.name,
    "-f",
    file,
    "--project-directory",
    project.workingDir,
    "create",
    "--pull",
    "never",
  ];
  const { code, stderr } = (await compose?.compose(engine, words)) ?? { code: 1, stderr: "no Docker Compose" };
  return code === 0 ? "" : stderr;
}

function printable({ name, services, networks, volumes, configs, secrets }: Project): object {
  return { name, services, networks, volumes, configs, secrets };
}
