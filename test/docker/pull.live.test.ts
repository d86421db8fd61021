import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectEngine } from "../../src/docker/docker-engine.ts";
import { dockerLogins, type RegistryAuth } from "../../src/docker/registry-auth.ts";
import type { Operation } from "../../src/plan.ts";
import { output } from "../support/command.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { engineApi } from "../support/engine-api.ts";
import { busyboxImage, pushImage } from "../support/images.ts";
import { serveRegistry } from "../support/registry.ts";
import { sampleProject } from "../support/sample-project.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const LIMIT = 120_000;
const signal = AbortSignal.timeout(900_000);
const LOGIN = { username: "ann", password: "pass" };

async function push(engine: TestEngine, reference: string): Promise<void> {
  const image = await busyboxImage(engine);
  await output(["docker", "-H", engine.dockerHost, "tag", image, reference]);
  await pushImage(engine, reference, LOGIN);
  await engineApi(engine, `/images/${reference}`, "DELETE");
}

function pull(engine: TestEngine, image: string, registryAuth?: RegistryAuth, until = signal) {
  const project = sampleProject({}, "dk-pull");
  const texts: string[] = [];
  const operation: Operation = { kind: "pull-image", image, platform: null };
  const observed = { project: "dk-pull", containers: [], networks: [], volumes: [], images: {} };
  const progress = (text: string) => texts.push(text);
  const docker = connectEngine({ dockerHost: engine.dockerHost, ...(registryAuth ? { registryAuth } : {}) });
  return docker
    .perform(operation, { project, observed, created: new Map(), labels: {}, progress }, until)
    .then(() => texts)
    .catch((thrown: unknown) => thrown);
}

test(
  "an image is pulled with progress, and one that is missing is told by name",
  async () => {
    const engine = await testEngine();
    const registry = await serveRegistry();
    const image = `${registry.host}/shop/web:1`;
    try {
      await push(engine, image);
      expect(await pull(engine, image)).toBeArray();
      await engineApi(engine, `/images/${image}/json`);
      await engineApi(engine, `/images/${image}`, "DELETE");
      const missing = await pull(engine, `${registry.host}/shop/web:2`);
      expect(missing).toMatchObject({ reason: "ImageUnavailable", message: expect.stringContaining("/shop/web:2") });
    } finally {
      await registry.stop();
    }
  },
  LIMIT,
);

test(
  "a private registry denies without a login or with a wrong one, and serves with the one that docker login kept",
  async () => {
    const engine = await testEngine();
    const registry = await serveRegistry({ auth: LOGIN });
    const image = `${registry.host}/shop/web:1`;
    try {
      await push(engine, image);
      expect(await pull(engine, image)).toMatchObject({
        reason: "RegistryDenied",
        hint: expect.stringContaining("docker login"),
      });
      using folder = temporaryDirectory("docker-config");
      const logins = dockerLogins({ folder: folder.path, environment: {} });
      const keep = (password: string): void => {
        const auth = Buffer.from(`${LOGIN.username}:${password}`).toString("base64");
        writeFileSync(join(folder.path, "config.json"), JSON.stringify({ auths: { [registry.host]: { auth } } }));
      };
      keep("a wrong one");
      expect(await pull(engine, image, logins)).toMatchObject({
        reason: "RegistryDenied",
        message: expect.stringMatching(/with the login from .*config\.json/),
      });
      keep(LOGIN.password);
      expect(await pull(engine, image, logins)).toBeArray();
      await engineApi(engine, `/images/${image}`, "DELETE");
    } finally {
      await registry.stop();
    }
  },
  LIMIT,
);

test(
  "a registry that can't be reached is passing trouble",
  async () => {
    const engine = await testEngine();
    expect(await pull(engine, "127.0.0.1:1/shop/web:1")).toMatchObject({ reason: "RegistryUnavailable" });
  },
  LIMIT,
);

test(
  "a registry that limits or breaks is passing trouble",
  async () => {
    const engine = await testEngine();
    for (const [status, body] of [
      [429, `{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}`],
      [503, "broken"],
    ] as const) {
      const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response(body, { status }) });
      const error = await pull(engine, `127.0.0.1:${server.port}/shop/web:1`);
      expect(error).toMatchObject({ reason: "RegistryUnavailable" });
      await server.stop(true);
    }
  },
  LIMIT,
);

test(
  "a pull that is cancelled is no success",
  async () => {
    const engine = await testEngine();
    const abort = new AbortController();
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => {
        abort.abort();
        return new Promise<Response>(() => {});
      },
    });
    const error = await pull(engine, `127.0.0.1:${server.port}/shop/web:1`, undefined, abort.signal);
    expect(error).toMatchObject({ reason: "Interrupted" });
    await server.stop(true);
  },
  LIMIT,
);
