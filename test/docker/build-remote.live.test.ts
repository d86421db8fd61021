import { afterAll, beforeAll, expect, test } from "bun:test";
import { connectEngine } from "../../src/docker/docker-engine.ts";
import type { RegistryAuth } from "../../src/docker/registry-auth.ts";
import { TallymanError } from "../../src/error.ts";
import type { Build, Project } from "../../src/project.ts";
import { output } from "../support/command.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { engineApi } from "../support/engine-api.ts";
import { type GitHttpServer, serveGitOverHttp } from "../support/git-http.ts";
import { busyboxImage, pushImage } from "../support/images.ts";
import { serveRegistry, type TestRegistry } from "../support/registry.ts";
import { createRepository } from "../support/repository.ts";
import { sampleProject } from "../support/sample-project.ts";
import { temporaryDirectory } from "../support/temporary.ts";

// What the Engine's builder fetches by itself, where we cannot look first: contexts, and the images that they build on.

const LIMIT = 120_000;
const IMAGE = "tallyman-test/remote:1";
const LOGIN = { username: "ann", password: "pass" };
const TOKEN = "git-token-0815";
const header = Buffer.from(JSON.stringify(LOGIN)).toString("base64");
const signal = AbortSignal.timeout(900_000);
const directory = temporaryDirectory("build-remote");
let engine: TestEngine;
let registry: TestRegistry;
let git: GitHttpServer;
let base: string;

beforeAll(async () => {
  engine = await testEngine();
  registry = await serveRegistry({ auth: LOGIN });
  git = await serveGitOverHttp({ root: directory.path, auth: { username: "x-access-token", password: TOKEN } });
  base = `${registry.host}/shop/remote-base:1`;
  await output(["docker", "-H", engine.dockerHost, "tag", await busyboxImage(engine), base]);
  await pushImage(engine, base, LOGIN);
  await engineApi(engine, `/images/${base}`, "DELETE");
  const repository = await createRepository(directory.path, "app");
  const dockerfile = `FROM ${base}\nCOPY said /said\n`;
  await repository.commit({ Dockerfile: dockerfile, said: "from git" }, "first");
}, LIMIT);

afterAll(async () => {
  await git.stop();
  await registry.stop();
  directory[Symbol.dispose]();
}, LIMIT);

/** Builds, and gives what was thrown, or null. */
async function build(given: Partial<Build>, secrets: Project["secrets"], registryAuth?: RegistryAuth) {
  const context = `${git.url("app")}#main`;
  const project = sampleProject({ web: { image: IMAGE, build: { context, ...given } } }, "dk-remote");
  const observed = { project: project.name, containers: [], networks: [], volumes: [], images: {} };
  const more = {
    project: { ...project, secrets },
    observed,
    created: new Map(),
    labels: {},
    progress: () => undefined,
  };
  const operation = { kind: "build-image", image: IMAGE, serviceName: "web", pullFirst: false } as const;
  return await connectEngine({ dockerHost: engine.dockerHost, registryAuth })
    .perform(operation, more, signal)
    .then(() => null)
    .catch((thrown: unknown) => (thrown instanceof TallymanError ? thrown : Promise.reject(thrown)));
}

const granted = { secrets: [{ source: "GIT_AUTH_TOKEN" }] };
const token = { GIT_AUTH_TOKEN: { environment: "GIT_AUTH_TOKEN", content: TOKEN } };
const kept: RegistryAuth = async (host) => (host === registry.host ? { header, source: "the test" } : null);

test(
  "a private repository as context, on a private base image, is built with the secret and the login that are kept",
  async () => {
    expect(await build(granted, token, kept)).toBeNull();
    expect(await output(["docker", "-H", engine.dockerHost, "run", "--rm", IMAGE, "cat", "/said"])).toBe("from git");
    await engineApi(engine, `/images/${IMAGE}?force=1`, "DELETE");
  },
  LIMIT,
);

test(
  "without the secret the repository is not read, and without the login the base image is not",
  async () => {
    expect(await build({}, {}, kept)).toMatchObject({ reason: "BuildFailed" });
    expect(await build({ ...granted, no_cache: true }, token)).toMatchObject({ reason: "RegistryDenied" });
  },
  LIMIT,
);
