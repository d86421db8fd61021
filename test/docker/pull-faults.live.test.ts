import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ServerResponse } from "node:http";
import { connectEngine } from "../../src/docker/docker-engine.ts";
import type { RegistryAuth } from "../../src/docker/registry-auth.ts";
import type { Reason } from "../../src/error.ts";
import { failureClass } from "../../src/reconcile/failure-class.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { engineApi } from "../support/engine-api.ts";
import {
  type FaultyRegistry,
  manifestsAnswer,
  type RegistryFault,
  serveFaultyRegistry,
} from "../support/faulty-registry.ts";
import { createImage, pushImage } from "../support/images.ts";
import { serveRegistry, type TestRegistry } from "../support/registry.ts";
import { sampleProject } from "../support/sample-project.ts";

// What a registry can do wrong, as the Engine tells it: the class decides whether the commit is tried again, the words what a person does.

const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
let engine: TestEngine;
let registry: TestRegistry;
let faulty: FaultyRegistry;

beforeAll(async () => {
  engine = await testEngine();
  registry = await serveRegistry();
  faulty = await serveFaultyRegistry(registry);
  const pushed = await createImage(engine, { reference: `${registry.host}/shop/web:1` });
  await pushImage(engine, pushed);
  await engineApi(engine, `/images/${pushed}`, "DELETE");
  await pushForeignPlatform("foreign");
}, 60_000);

afterAll(async () => {
  await faulty.stop();
  await registry.stop();
});

/** A tag whose list of manifests has none for this machine. */
async function pushForeignPlatform(tag: string): Promise<void> {
  const address = `http://${registry.host}/v2/shop/web/manifests`;
  const found = await fetch(`${address}/1`, { headers: { accept: DOCKER_MANIFEST } });
  const [digest, size] = [found.headers.get("docker-content-digest"), (await found.text()).length];
  const platform = { architecture: "s390x", os: "linux" };
  const mediaType = "application/vnd.docker.distribution.manifest.list.v2+json";
  const list = { schemaVersion: 2, mediaType, manifests: [{ mediaType: DOCKER_MANIFEST, digest, size, platform }] };
  const body = JSON.stringify(list);
  expect((await fetch(`${address}/${tag}`, { method: "PUT", headers: { "content-type": mediaType }, body })).ok).toBe(
    true,
  );
}

/** Every blob ends at nine tenths, however often it is asked for. */
const cut: RegistryFault = (path, answer) => {
  if (!path.includes("/blobs/")) return false;
  cutShort(path, answer).catch(() => answer.destroy());
  return true;
};

async function cutShort(path: string, answer: ServerResponse): Promise<void> {
  const blob = Buffer.from(await (await fetch(`http://${registry.host}${path}`)).arrayBuffer());
  answer.writeHead(200, { "content-length": String(blob.length) });
  answer.write(blob.subarray(0, Math.floor(blob.length * 0.9)), () => answer.destroy());
}

async function pull(tag: string, registryAuth?: RegistryAuth) {
  const project = sampleProject({}, "pull-faults");
  const observed = { project: project.name, containers: [], networks: [], volumes: [], images: {} };
  const context = { project, observed, created: new Map(), labels: {}, progress: () => undefined };
  const docker = connectEngine({ dockerHost: engine.dockerHost, ...(registryAuth ? { registryAuth } : {}) });
  const image = `${faulty.host}/shop/web:${tag}`;
  const signal = AbortSignal.timeout(60_000);
  return await docker.perform({ kind: "pull-image", image, platform: null }, context, signal);
}

interface Case {
  readonly fault: RegistryFault | null;
  readonly tag?: string;
  readonly reason: Reason;
  readonly class: ReturnType<typeof failureClass>;
}

const CASES: Readonly<Record<string, Case>> = {
  "429": { fault: manifestsAnswer(429, "TOOMANYREQUESTS"), reason: "RegistryUnavailable", class: "transient" },
  "500": { fault: manifestsAnswer(500, "UNKNOWN"), reason: "RegistryUnavailable", class: "transient" },
  "401": { fault: manifestsAnswer(401, "UNAUTHORIZED"), reason: "RegistryDenied", class: "denied" },
  "403": { fault: manifestsAnswer(403, "DENIED"), reason: "RegistryDenied", class: "denied" },
  "a tag that is not there": { fault: null, tag: "2", reason: "ImageUnavailable", class: "rejected" },
  "no image for this platform": { fault: null, tag: "foreign", reason: "ImageUnavailable", class: "rejected" },
  "a blob that is cut at nine tenths": { fault: cut, reason: "RegistryUnavailable", class: "transient" },
};

test.each(Object.entries(CASES))(
  "%s",
  async (_, { fault, tag = "1", reason, class: expected }) => {
    faulty.fault(fault);
    const thrown: unknown = await pull(tag).catch((error: unknown) => error);
    faulty.fault(null);
    expect(thrown).toMatchObject({ reason, message: expect.stringContaining(`${faulty.host}/shop/web:${tag}`) });
    expect(failureClass(reason, "preparing")).toBe(expected);
  },
  60_000,
);

test("whose login a registry refused is told, and where to give another", async () => {
  faulty.fault(manifestsAnswer(401, "UNAUTHORIZED"));
  const source = `tallyman registry login ${faulty.host}, user ann`;
  const header = Buffer.from(JSON.stringify({ username: "ann", password: "wrong" })).toString("base64url");
  const thrown: unknown = await pull("1", async () => ({ header, source })).catch((error: unknown) => error);
  faulty.fault(null);
  expect(thrown).toMatchObject({
    reason: "RegistryDenied",
    message: expect.stringContaining(`from ${faulty.host} (with the login from ${source})`),
    hint: expect.stringContaining(`docker login ${faulty.host}`),
  });
  expect(JSON.stringify(thrown)).not.toContain("wrong");
});

test("well again it gives the image", async () => {
  await pull("1");
  await engineApi(engine, `/images/${faulty.host}/shop/web:1`, "DELETE");
}, 60_000);
