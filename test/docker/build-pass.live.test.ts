import { expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { serviceHash } from "../../src/compose/hash.ts";
import { loadProject } from "../../src/compose/load-project.ts";
import { checkSupported } from "../../src/compose/unsupported.ts";
import { contextDigests } from "../../src/docker/build.ts";
import { connectEngine } from "../../src/docker/docker-engine.ts";
import { diskFiles, placeIn } from "../../src/folder/disk-files.ts";
import type { Clock } from "../../src/reconcile/clock.ts";
import { type Attempt, deploy } from "../../src/reconcile/deploy.ts";
import type { PassParts } from "../../src/reconcile/pass.ts";
import { output } from "../support/command.ts";
import { testEngine } from "../support/engine.ts";
import { containersOf, engineApi, removeProject } from "../support/engine-api.ts";
import { memoryFlow, sampleStack } from "../support/flow.ts";
import { BUSYBOX_IMAGE, busyboxImage } from "../support/images.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const PROJECT = "dk-build-pass";
const IMAGE = `${PROJECT}-web`;
const stack = { ...sampleStack, name: PROJECT, project: PROJECT };
const COMPOSE = "services:\n  web:\n    build: ./app\n    stop_grace_period: 0s\n";
const DOCKERFILE = `FROM ${BUSYBOX_IMAGE}\nCOPY said /said\nCMD ["sleep", "600"]\n`;

const clock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  random: () => 0.5,
  sleep: (milliseconds) => Bun.sleep(milliseconds),
};

/** A stack whose checkouts lie below `root`, on the real Engine; only git and the store are stand-ins. */
async function rig(root: string) {
  const host = await testEngine();
  await busyboxImage(host);
  await removeProject(host, PROJECT);
  await engineApi(host, `/images/${IMAGE}?force=1`, "DELETE").catch(() => undefined);
  const flow = memoryFlow();
  const live = join(root, "live");
  const source = Object.assign(flow.source, {
    switchTree: async (_: unknown, { staging }: { readonly staging: string }) => {
      await cp(staging, live, { recursive: true });
      return [] as const;
    },
  });
  const parts: PassParts = {
    ...flow.parts,
    source,
    clock,
    engine: connectEngine({ dockerHost: host.dockerHost }),
    filesOf: (checkout) => diskFiles({ seenAs: checkout.live, from: checkout.staging }),
    placeOf: (checkout) => placeIn({ seenAs: checkout.live, from: checkout.staging }),
    contextDigests,
    load: loadProject,
    checkSupported,
  };
  const pass = async (commit: string) => {
    const info = { commit, author: "ada", message: commit, committedAt: "2026-01-01T00:00:00Z" };
    const begin = {
      stack: PROJECT,
      commit: info,
      trigger: "commit",
      cause: "new commit",
      settingsDigest: "s",
    } as const;
    const basis = { pins: {}, repoDigests: {}, previous: null, hashOf: serviceHash };
    const how = { changedVolumes: "refuse", prune: true, rerunJobs: false, start: true, returning: false } as const;
    const options = { basis, refreshImages: true, settled: false, ...how };
    const checkout = { staging: join(root, commit), live, info, digests: async () => new Map<string, string>() };
    const nothing = { environment: {}, comesBack: null, knownInputs: null, onGate: () => undefined };
    const attempt: Attempt = { stack, checkout, begin, options, superseded: new AbortController().signal, ...nothing };
    return await deploy(attempt, parts, AbortSignal.timeout(100_000));
  };
  const image = async () => (await engineApi<{ readonly Id: string }>(host, `/images/${IMAGE}/json`)).Id;
  const containers = async () => (await containersOf(host, PROJECT)).map(({ Id }) => Id);
  return { host, flow, pass, image, containers };
}

function commit(root: string, name: string, said: string): void {
  mkdirSync(join(root, name, "app"), { recursive: true });
  writeFileSync(join(root, name, "compose.yaml"), COMPOSE);
  writeFileSync(join(root, name, "app/Dockerfile"), DOCKERFILE);
  writeFileSync(join(root, name, "app/said"), said);
}

test("a pass builds from the checkout, again only when what the build is sent changed", async () => {
  using directory = temporaryDirectory("build-pass");
  const { host, pass, image, containers } = await rig(directory.path);
  try {
    commit(directory.path, "one", "1");
    expect(await pass("one")).toMatchObject({ kind: "healthy" });
    const first = { image: await image(), containers: await containers() };
    commit(directory.path, "same", "1");
    writeFileSync(join(directory.path, "same/README.md"), "not a part of the context");
    expect(await pass("same")).toMatchObject({ kind: "unchanged" });
    expect({ image: await image(), containers: await containers() }).toEqual(first);
    commit(directory.path, "two", "2");
    expect(await pass("two")).toMatchObject({ kind: "healthy" });
    expect(await image()).not.toBe(first.image);
    expect(await containers()).not.toEqual(first.containers);
  } finally {
    await removeProject(host, PROJECT);
    await engineApi(host, `/images/${IMAGE}?force=1`, "DELETE").catch(() => undefined);
  }
}, 120_000);

test("a build that fails touches nothing that runs and is the commit's fault", async () => {
  using directory = temporaryDirectory("build-pass");
  const { host, pass, containers } = await rig(directory.path);
  try {
    commit(directory.path, "one", "1");
    await pass("one");
    const before = await containers();
    commit(directory.path, "two", "2");
    writeFileSync(join(directory.path, "two/app/Dockerfile"), `${DOCKERFILE}RUN exit 3\n`);
    expect(await pass("two")).toMatchObject({
      kind: "failed",
      deployment: { class: "rejected" },
      error: { reason: "BuildFailed" },
    });
    expect(await containers()).toEqual(before);
    expect(await Bun.file(join(directory.path, "live/app/said")).text()).toBe("1");
  } finally {
    await removeProject(host, PROJECT);
    await engineApi(host, `/images/${IMAGE}?force=1`, "DELETE").catch(() => undefined);
  }
}, 120_000);

test("a build's secret is read from the checkout, and one that is not there is refused before anything is touched", async () => {
  using directory = temporaryDirectory("build-pass");
  const { host, pass, containers } = await rig(directory.path);
  const secret = `${COMPOSE}secrets: { token: { file: ./token } }\n`.replace(
    "build: ./app",
    "build: { context: ./app, secrets: [token] }",
  );
  const reading = "RUN --mount=type=secret,id=token sha256sum < /run/secrets/token > /digest\n";
  const commitWith = (name: string, token: string | null): void => {
    commit(directory.path, name, "1");
    writeFileSync(join(directory.path, name, "compose.yaml"), secret);
    writeFileSync(join(directory.path, name, "app/Dockerfile"), `${DOCKERFILE}${reading}`);
    if (token !== null) writeFileSync(join(directory.path, name, "token"), token);
  };
  try {
    commitWith("one", "staged");
    expect(await pass("one")).toMatchObject({ kind: "healthy" });
    const before = await containers();
    const digest = new Bun.CryptoHasher("sha256").update("staged").digest("hex");
    const argv = ["docker", "-H", host.dockerHost, "run", "--rm", IMAGE, "cat", "/digest"];
    expect(await output(argv)).toBe(`${digest}  -`);
    commitWith("two", null);
    expect(await pass("two")).toMatchObject({ kind: "failed", error: { reason: "BuildFailed" } });
    expect(await containers()).toEqual(before);
  } finally {
    await removeProject(host, PROJECT);
    await engineApi(host, `/images/${IMAGE}?force=1`, "DELETE").catch(() => undefined);
  }
}, 120_000);

test("a context that a link leads out of the repository is refused", async () => {
  using directory = temporaryDirectory("build-pass");
  const { pass } = await rig(directory.path);
  mkdirSync(join(directory.path, "one"));
  writeFileSync(join(directory.path, "one/compose.yaml"), COMPOSE);
  symlinkSync("/etc", join(directory.path, "one/app"));
  expect(await pass("one")).toMatchObject({ kind: "failed", error: { reason: "PolicyViolation" } });
}, 120_000);
