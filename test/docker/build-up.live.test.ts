import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectEngine } from "../../src/docker/docker-engine.ts";
import { composeUp } from "../../src/reconcile/compose-project.ts";
import { output } from "../support/command.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { containersOf, engineApi, removeProject } from "../support/engine-api.ts";
import { JumpingClock } from "../support/flow.ts";
import { BUSYBOX_IMAGE, busyboxImage } from "../support/images.ts";
import { sampleProject } from "../support/sample-project.ts";
import { proxyEngine, type SocketProxy } from "../support/socket-proxy.ts";
import { temporaryDirectory } from "../support/temporary.ts";

// What `docker compose up`, with and without `--build`, does about an image that is here.

const PROJECT = "dk-build-up";
const IMAGE = `${PROJECT}-web`;
const BASE = "tallyman-test/moving-base:1";
const LIMIT = 120_000;
const signal = AbortSignal.timeout(1_200_000);
const directory = temporaryDirectory("build-up");
const context = join(directory.path, "context");
let engine: TestEngine;
let proxy: SocketProxy;

beforeAll(async () => {
  engine = await testEngine();
  proxy = await proxyEngine(engine.socketPath);
}, LIMIT);

beforeEach(async () => {
  await forget();
  await moveBase("one");
  mkdirSync(context, { recursive: true });
  writeFileSync(join(context, "Dockerfile"), `FROM ${BASE}\nCOPY said /said\nCMD ["sleep", "600"]\n`);
  writeFileSync(join(context, "said"), "1");
}, LIMIT);

afterAll(async () => {
  await proxy.stop();
  await forget();
  directory[Symbol.dispose]();
}, LIMIT);

async function forget(): Promise<void> {
  await removeProject(engine, PROJECT);
  await engineApi(engine, `/images/${IMAGE}?force=1`, "DELETE").catch(() => undefined);
}

/** Lets the base image's tag name another image, as a pull would. */
async function moveBase(label: string): Promise<void> {
  await busyboxImage(engine);
  const dockerfile = `FROM ${BUSYBOX_IMAGE}\nLABEL moved=${label}\n`;
  const argv = ["docker", "-H", engine.dockerHost, "build", "-q", "-t", BASE, "-"];
  await output(argv, { input: dockerfile, env: { DOCKER_BUILDKIT: "0" } });
}

/** One `up`; gives what it asked the Engine to change. */
async function up(how: { readonly build?: boolean } = {}): Promise<readonly string[]> {
  const service = { image: IMAGE, build: { context }, stop_grace_period: "0s" };
  const project = sampleProject({ web: service }, PROJECT);
  const client = connectEngine({ dockerHost: proxy.dockerHost });
  const nothing = (): void => undefined;
  const parts = { engine: client, clock: new JumpingClock(), onStep: nothing, onProgress: nothing, onWarning: nothing };
  proxy.forget();
  await composeUp(project, { start: true, removeOrphans: false, waitMs: null, ...how }, parts, signal);
  return proxy.mutating.map(({ method, target }) => `${method} ${target.replace(/^\/v[\d.]+/, "").split("?")[0]}`);
}

async function state() {
  const { Id } = await engineApi<{ readonly Id: string }>(engine, `/images/${IMAGE}/json`);
  return { image: Id, containers: (await containersOf(engine, PROJECT)).map((one) => one.Id) };
}

describe("up", () => {
  test(
    "builds what is missing, and a second time asks for nothing at all",
    async () => {
      expect(await up()).toContain("POST /build");
      const before = await state();
      utimesSync(join(context, "said"), 1, 1);
      expect(await up()).toEqual([]);
      expect(await state()).toEqual(before);
    },
    LIMIT,
  );
  test(
    "leaves an image that is here alone, whatever its context or its base holds now",
    async () => {
      await up();
      const before = await state();
      writeFileSync(join(context, "said"), "2");
      await moveBase("two");
      expect(await up()).toEqual([]);
      expect(await state()).toEqual(before);
    },
    LIMIT,
  );
});

describe("up --build", () => {
  test(
    "of an unchanged context finds every step done, and leaves the containers alone",
    async () => {
      await up();
      const before = await state();
      expect(await up({ build: true })).toEqual(["POST /build"]);
      expect(await state()).toEqual(before);
    },
    LIMIT,
  );
  test(
    "of a changed context makes the containers anew",
    async () => {
      await up();
      const before = await state();
      writeFileSync(join(context, "said"), "2");
      await up({ build: true });
      const after = await state();
      expect(after.image).not.toBe(before.image);
      expect(after.containers).not.toEqual(before.containers);
    },
    LIMIT,
  );
  test(
    "builds on the base that is here now",
    async () => {
      await up();
      const before = await state();
      await moveBase("two");
      await up({ build: true });
      const after = await state();
      expect(after.image).not.toBe(before.image);
      expect(after.containers).not.toEqual(before.containers);
    },
    LIMIT,
  );
});
