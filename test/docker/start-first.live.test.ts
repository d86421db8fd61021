import { afterAll, beforeAll, expect, test } from "bun:test";
import { serviceHash } from "../../src/compose/hash.ts";
import { connectEngine } from "../../src/docker/docker-engine.ts";
import { observeQuery, type PlanOptions, plan } from "../../src/plan/planner.ts";
import type { Project } from "../../src/project.ts";
import { applyPlan } from "../../src/reconcile/apply-plan.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { containersOf, engineApi, removeProject } from "../support/engine-api.ts";
import { JumpingClock } from "../support/flow.ts";
import { BUSYBOX_IMAGE, busyboxImage } from "../support/images.ts";
import { sampleProject } from "../support/sample-project.ts";

// A client asks a service by its name, as a reverse proxy does: it looks the addresses up for each request and tries the next one when
// one refuses. Meanwhile the service is updated, and goes back.

const PROJECT = "dk-start-first";
const LIMIT = 240_000;
const signal = AbortSignal.timeout(600_000);
let engine: TestEngine;

beforeAll(async () => {
  engine = await testEngine();
  await busyboxImage(engine);
  await removeProject(engine, PROJECT);
}, 60_000);

afterAll(() => removeProject(engine, PROJECT));

/** Ends as a server should: takes nothing new, and answers what it has taken. */
const SERVER = `mkdir -p /tmp/www && echo "$VERSION" > /tmp/www/index.html
httpd -f -p 8080 -h /tmp/www & pid=$!
trap 'kill $pid; sleep 1; exit 0' TERM
while true; do wait; sleep 0.1; done`;

const REQUEST = String.raw`printf 'GET / HTTP/1.0\r\n\r\n' | nc -w 3`;

const CLIENT = `while true; do
  answer=FAILED
  for address in $(nslookup web 2>/dev/null | sed -n '/^Name/,$ s/^Address[^:]*: *//p'); do
    page=$(${REQUEST} "$address" 8080 2>/dev/null | tail -n 1) && [ -n "$page" ] && answer=$page && break
  done
  echo "$answer"
done`;

function project(version: string): Project {
  const update = { order: "start-first", monitor: "2s" };
  return sampleProject(
    {
      web: {
        image: BUSYBOX_IMAGE,
        command: ["sh", "-c", SERVER],
        environment: { VERSION: version },
        healthcheck: { test: ["CMD-SHELL", `${REQUEST} 127.0.0.1 8080 | grep -q .`], interval: "1s" },
        deploy: { update_config: update, rollback_config: update },
      },
      client: { image: BUSYBOX_IMAGE, command: ["sh", "-c", CLIENT], stop_grace_period: "1s" },
    },
    PROJECT,
  );
}

async function bring(wanted: Project, returning: boolean, settled: boolean): Promise<void> {
  const client = connectEngine({ dockerHost: engine.dockerHost });
  const options: PlanOptions = {
    basis: { pins: {}, previous: null, hashOf: serviceHash },
    refreshImages: false,
    settled,
    prune: true,
    changedVolumes: "refuse",
    rerunJobs: false,
    start: true,
    returning,
  };
  const observed = await client.observe(observeQuery(wanted), signal);
  const nothing = (): void => undefined;
  const parts = { engine: client, clock: new JumpingClock(), project: wanted, observed, labels: {} };
  await applyPlan(plan(wanted, observed, options), { ...parts, onStep: nothing, onProgress: nothing }, signal);
}

/** What the client was answered, one line per request. */
async function answers(): Promise<readonly string[]> {
  const client = (await containersOf(engine, PROJECT)).find(({ Names }) => Names[0]?.includes("client"));
  const api = connectEngine({ dockerHost: engine.dockerHost });
  const lines: string[] = [];
  for await (const { text } of api.logs(client?.Id ?? "", {}, signal)) lines.push(text);
  return lines;
}

/** Waits until the client was answered so. */
async function served(version: string): Promise<void> {
  const until = performance.now() + 30_000;
  while ((await answers()).at(-1) !== version) {
    if (performance.now() > until)
      throw new Error(`never served ${version}: ${(await answers()).slice(-20).join("\n")}`);
    await Bun.sleep(200);
  }
}

test(
  "no request fails while a service is updated start-first, and none while it goes back",
  async () => {
    await bring(project("one"), false, false);
    await served("one");
    const before = (await answers()).length;
    await bring(project("two"), false, false);
    await served("two");
    const [, kept] = await webs();
    expect(kept?.Names[0]).toMatch(/_retained_/);
    await bring(project("one"), true, false);
    await served("one");
    await bring(project("one"), true, true);
    const told = (await answers()).slice(before);
    console.info(`${told.length} requests, ${told.filter((line) => line === "FAILED").length} failed`);
    expect(told.filter((line) => line !== "one" && line !== "two")).toEqual([]);
    expect(new Set(told)).toEqual(new Set(["one", "two"]));
    expect((await webs()).map(({ Names, State }) => `${Names[0]} ${State}`)).toEqual([`/${PROJECT}-web-1 running`]);
  },
  LIMIT,
);

async function webs() {
  const all = await containersOf(engine, PROJECT);
  const found = all.filter(({ Names }) => Names[0]?.includes("web"));
  return found.sort((a, b) => ((a.Names[0] ?? "") < (b.Names[0] ?? "") ? -1 : 1));
}

test(
  "a mounted file that changed is told by a signal to the very container that runs",
  async () => {
    await removeProject(engine, PROJECT);
    const heard = "trap 'echo heard' HUP; while true; do sleep 0.1; done";
    const told = (digest: string): Project => ({
      ...sampleProject(
        {
          web: {
            image: BUSYBOX_IMAGE,
            command: ["sh", "-c", heard],
            stop_grace_period: "1s",
            labels: { "tallyman.reload": "SIGHUP" },
          },
        },
        PROJECT,
      ),
      contents: { web: { "./app.conf": digest } },
    });
    await bring(told("a"), false, false);
    const [before] = await webs();
    expect(before?.Labels["io.tallyman.contents"]).toBe('{"./app.conf":"a"}');
    await Bun.sleep(500);
    await bring(told("b"), false, false);
    const [after] = await webs();
    expect(after?.Id).toBe(before?.Id ?? "");
    const api = connectEngine({ dockerHost: engine.dockerHost });
    for await (const { text } of api.logs(after?.Id ?? "", { follow: true }, signal)) {
      expect(text).toBe("heard");
      break;
    }
  },
  LIMIT,
);

test(
  "an image that is used, or gone, is left alone, and any other is removed",
  async () => {
    await removeProject(engine, PROJECT);
    const api = connectEngine({ dockerHost: engine.dockerHost });
    const context = { project: project("one"), created: new Map(), labels: {}, progress: (): void => undefined };
    const remove = async (image: string): Promise<void> => {
      const observed = await api.observe(observeQuery(context.project), signal);
      await api.perform({ kind: "remove-image", image }, { ...context, observed }, signal);
    };
    await bring(project("one"), false, false);
    await remove(BUSYBOX_IMAGE);
    await remove("tallyman-test/never-was:1");
    expect(await engineApi(engine, `/images/${encodeURIComponent(BUSYBOX_IMAGE)}/json`)).toMatchObject({});
  },
  LIMIT,
);
