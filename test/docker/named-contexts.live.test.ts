import { afterAll, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { contextDigests } from "../../src/docker/build.ts";
import { connectEngine } from "../../src/docker/docker-engine.ts";
import { TallymanError } from "../../src/error.ts";
import { COMPOSE_LABEL } from "../../src/label.ts";
import type { Build } from "../../src/project.ts";
import { composeUp } from "../../src/reconcile/compose-project.ts";
import { output } from "../support/command.ts";
import { testEngine } from "../support/engine.ts";
import { engineApi, removeProject } from "../support/engine-api.ts";
import { JumpingClock } from "../support/flow.ts";
import { BUSYBOX_IMAGE, busyboxImage } from "../support/images.ts";
import { sampleProject } from "../support/sample-project.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const LIMIT = 120_000;
const IMAGE = "tallyman-test/named:1";
const signal = AbortSignal.timeout(900_000);
const directory = temporaryDirectory("named-contexts");
const context = folder("main", { m: "main" });
const other = folder("other", { "a/e": "other", kept: "back", ".dockerignore": "kept\n" });

afterAll(() => directory[Symbol.dispose]());

function folder(name: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    const place = join(directory.path, name, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, text);
  }
  return join(directory.path, name);
}

function projectOf(build: Partial<Build>) {
  const project = sampleProject({ web: { image: IMAGE, build: { context, ...build } } }, "dk-named");
  return { ...project, secrets: { token: { environment: "TOKEN", content: "s3" } } };
}

/** Builds, and gives the progress texts, or what was thrown. Null with an older Engine, which has to refuse it by name. */
async function build(given: Partial<Build>, cancelAt = "never"): Promise<string | TallymanError | null> {
  const { dockerHost, version } = await testEngine();
  await busyboxImage(await testEngine());
  const texts: string[] = [];
  const abort = new AbortController();
  const observed = { project: "dk-named", containers: [], networks: [], volumes: [], images: {} };
  const progress = (text: string): void => {
    texts.push(text);
    if (text.includes(cancelAt)) abort.abort();
  };
  const more = { project: projectOf(given), observed, created: new Map(), labels: {}, progress };
  const operation = { kind: "build-image", image: IMAGE, serviceName: "web", pullFirst: false } as const;
  const result = await connectEngine({ dockerHost })
    .perform(operation, more, AbortSignal.any([signal, abort.signal]))
    .then(() => texts.join("\n"))
    .catch((thrown: unknown) => (thrown instanceof TallymanError ? thrown : Promise.reject(thrown)));
  if (Number(version.split(".")[0]) >= 23) return result;
  expect(result).toMatchObject({ reason: "BuildFailed", hint: expect.stringContaining("# syntax=") });
  expect(String(result)).toContain("services.web.build.additional_contexts: ");
  return null;
}

async function run(script: string): Promise<string> {
  const { dockerHost } = await testEngine();
  return (await output(["docker", "-H", dockerHost, "run", "--rm", IMAGE, "sh", "-c", script])).trim();
}

test(
  "a folder and an image stand in the Dockerfile by their names, beside everything else that a build asks for",
  async () => {
    const dockerfile_inline = `FROM base AS wanted
ARG NAME
COPY . /main
COPY --from=other . /other
RUN --mount=type=secret,id=token echo "$NAME $(wc -c < /run/secrets/token) $(ulimit -n)" > /said
RUN grep -c db.test /etc/hosts >> /said; df -k /dev/shm | tail -1 | tr -s ' ' | cut -d' ' -f2 >> /said
FROM wanted
RUN false
`;
    const shown = await build({
      dockerfile_inline,
      additional_contexts: { other, base: `docker-image://${BUSYBOX_IMAGE}` },
      args: { NAME: "x y", UNSET: null },
      target: "wanted",
      secrets: [{ source: "token" }],
      extra_hosts: ["db.test=10.1.2.3"],
      ulimits: { nofile: { soft: 64, hard: 128 } },
      shm_size: String(32 * 2 ** 20),
      labels: { "com.example.a": "b" },
      tags: ["tallyman-test/named:2", IMAGE],
      cache_to: ["type=inline"],
      network: "host",
      no_cache: true,
    });
    if (shown === null) return;
    expect(shown).toBeString();
    expect(await run("cd / && find main other -type f | sort; cat /said")).toBe(
      "main/m\nother/.dockerignore\nother/a/e\nx y 2 64\n1\n32768",
    );
    const engine = await testEngine();
    const { Config, RepoTags } = await engineApi<{
      readonly RepoTags: readonly string[];
      readonly Config: { readonly Labels: Readonly<Record<string, string>> };
    }>(engine, `/images/${IMAGE}/json`);
    expect([...RepoTags].sort()).toEqual([IMAGE, "tallyman-test/named:2"]);
    expect(Config.Labels).toMatchObject({ "com.example.a": "b", [COMPOSE_LABEL.service]: "web" });
  },
  LIMIT,
);

test(
  "a step that fails is told with its last lines",
  async () => {
    const dockerfile_inline = `FROM ${BUSYBOX_IMAGE}\nRUN echo the reason >&2 && exit 7\n`;
    const error = await build({ dockerfile_inline, additional_contexts: { other } });
    if (error === null) return;
    expect(error).toMatchObject({ reason: "BuildFailed" });
    expect(String(error)).toMatch(/services\.web\.build failed at .*RUN echo the reason.*exit code: 7\n {2}the reason/);
  },
  LIMIT,
);

test(
  "an image that is nowhere is passing trouble or missing, not the Dockerfile's fault",
  async () => {
    const dockerfile_inline = "FROM base\n";
    const error = await build({
      dockerfile_inline,
      additional_contexts: { base: "docker-image://127.0.0.1:1/no/base:1" },
    });
    if (error === null) return;
    expect(error).toMatchObject({ reason: "RegistryUnavailable" });
  },
  LIMIT,
);

test(
  "a build that is cancelled is no success",
  async () => {
    const dockerfile_inline = `FROM ${BUSYBOX_IMAGE}\nRUN sleep 600\n`;
    const error = await build({ dockerfile_inline, additional_contexts: { other }, no_cache: true }, "sleep");
    if (error === null) return;
    expect(error).toMatchObject({ reason: "Interrupted" });
  },
  LIMIT,
);

test("what a folder holds counts for what the image was built from", async () => {
  const given = { dockerfile_inline: "FROM scratch", additional_contexts: { other } };
  const digest = async (build: Partial<Build>) =>
    (await contextDigests(projectOf(build), (path) => path, signal))["web"] ?? "none";
  const first = await digest(given);
  writeFileSync(join(other, "kept"), "ignored");
  expect(await digest(given)).toBe(first);
  writeFileSync(join(other, "a/e"), "changed");
  expect(await digest(given)).not.toBe(first);
  expect(await digest({ dockerfile_inline: "FROM scratch" })).not.toBe(first);
});

test("a folder that is not there is named", async () => {
  const given = { dockerfile_inline: "FROM scratch", additional_contexts: { other: "/nowhere" } };
  const refused = contextDigests(projectOf(given), (path) => path, signal).catch((thrown: unknown) => thrown);
  expect(String(await refused)).toContain("services.web.build.additional_contexts.other: /nowhere is no directory");
});

test(
  "an image of another service is built before the one that is built from it, and again with it",
  async () => {
    const engine = await testEngine();
    await busyboxImage(engine);
    const shared = folder("shared", { said: "1", Dockerfile: `FROM ${BUSYBOX_IMAGE}\nCOPY said /said\n` });
    const app = folder("app", { "docker/Dockerfile": "FROM base\nCOPY . /app\n", text: "" });
    const web = { context: app, dockerfile: "docker/Dockerfile", additional_contexts: { base: "service:base" } };
    const services = { web: { image: IMAGE, build: web }, base: { build: { context: shared }, scale: 0 } };
    const project = sampleProject(services, "dk-named");
    const nothing = (): void => undefined;
    const up = () =>
      composeUp(
        project,
        { start: false, removeOrphans: false, waitMs: null, build: true },
        {
          engine: connectEngine({ dockerHost: engine.dockerHost }),
          clock: new JumpingClock(),
          onStep: nothing,
          onProgress: nothing,
          onWarning: nothing,
        },
        signal,
      ).catch((thrown: unknown) => thrown);
    const digest = async () => (await contextDigests(project, (path) => path, signal))["web"];
    try {
      const first = await up();
      if (first instanceof TallymanError) {
        expect(first.message).toContain("services.web.build.additional_contexts: the builder of Engine");
        return;
      }
      expect(await run("cat /said; cd /app && find . -type f | sort")).toBe("1./docker/Dockerfile\n./text");
      const before = await digest();
      writeFileSync(join(shared, "said"), "2");
      expect(await digest()).not.toBe(before);
      await up();
      expect(await run("cat /said")).toBe("2");
    } finally {
      await removeProject(engine, "dk-named");
    }
  },
  LIMIT,
);

test("a service that is not there, or is built from itself, is refused by name", async () => {
  const refusalOf = async (source: string) => {
    const build = { dockerfile_inline: "FROM scratch", additional_contexts: { base: source } };
    return String(await contextDigests(projectOf(build), (path) => path, signal).catch((thrown: unknown) => thrown));
  };
  expect(await refusalOf("service:none")).toContain('additional_contexts: service "none" is not among the services');
  expect(await refusalOf("service:web")).toContain('additional_contexts: service "web" is built from itself');
});
