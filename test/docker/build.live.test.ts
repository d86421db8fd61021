import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { contextDigests } from "../../src/docker/build.ts";
import { connectEngine } from "../../src/docker/docker-engine.ts";
import type { RegistryAuth } from "../../src/docker/registry-auth.ts";
import { TallymanError } from "../../src/error.ts";
import { COMPOSE_LABEL, TALLYMAN_LABEL } from "../../src/label.ts";
import type { Build } from "../../src/project.ts";
import { output } from "../support/command.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { engineApi } from "../support/engine-api.ts";
import { BUSYBOX_IMAGE, busyboxImage, pushImage } from "../support/images.ts";
import { serveRegistry } from "../support/registry.ts";
import { sampleProject } from "../support/sample-project.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const LIMIT = 120_000;
const signal = AbortSignal.timeout(900_000);
const IMAGE = "tallyman-test/built:1";
const DOCKERFILE = `FROM ${BUSYBOX_IMAGE}\nCOPY . /ctx\n`;
const directories: Disposable[] = [];

afterAll(() => {
  for (const directory of directories) directory[Symbol.dispose]();
});

/** A new folder with these files; a text that begins with `→` is a link. */
function folder(files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory("context");
  directories.push(directory);
  for (const [path, text] of Object.entries(files)) {
    const place = join(directory.path, path);
    mkdirSync(dirname(place), { recursive: true });
    if (text.startsWith("→")) symlinkSync(text.slice(1), place);
    else writeFileSync(place, text);
  }
  return directory.path;
}

function projectOf(build: Build) {
  return sampleProject({ web: { image: IMAGE, build } }, "dk-build");
}

/** Builds, and gives the progress texts, or what was thrown. */
async function build(given: Build, placeOf?: (path: string) => string, registryAuth?: RegistryAuth) {
  const engine = await testEngine();
  await busyboxImage(engine);
  const texts: string[] = [];
  const observed = { project: "dk-build", containers: [], networks: [], volumes: [], images: {} };
  const context = { project: projectOf(given), observed, created: new Map(), labels: {} };
  const progress = (text: string): void => void texts.push(text);
  return await connectEngine({ dockerHost: engine.dockerHost, ...(registryAuth ? { registryAuth } : {}) })
    .perform(
      { kind: "build-image", image: IMAGE, serviceName: "web", pullFirst: false },
      { ...context, progress, ...(placeOf ? { placeOf } : {}) },
      signal,
    )
    .then(() => texts.join("\n"))
    .catch((thrown: unknown) => (thrown instanceof TallymanError ? thrown : Promise.reject(thrown)));
}

async function run(script: string): Promise<string> {
  const engine = await testEngine();
  return (await output(["docker", "-H", engine.dockerHost, "run", "--rm", IMAGE, "sh", "-c", script])).trim();
}

interface Image {
  readonly Id: string;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
}

function inspectImage(engine: TestEngine, image = IMAGE): Promise<Image> {
  return engineApi<Image>(engine, `/images/${image}/json`);
}

test(
  "what is copied is there, owned by root, with its mode, and links stay links",
  async () => {
    const context = folder({ Dockerfile: DOCKERFILE, "a/b.txt": "hello", "a/link": "→b.txt", out: "→/etc/shadow" });
    chmodSync(join(context, "a/b.txt"), 0o755);
    const shown = await build({ context });
    expect(shown).toContain("COPY . /ctx");
    expect(
      await run("cat /ctx/a/link; stat -c ' %a %u:%g' /ctx/a/b.txt; readlink /ctx/a/link; readlink /ctx/out"),
    ).toBe("hello 755 0:0\nb.txt\n/etc/shadow");
  },
  LIMIT,
);

test(
  "the image bears the file's labels, Compose's, and what it was built from, and every tag",
  async () => {
    const context = folder({ Dockerfile: "FROM scratch\nCOPY Dockerfile /\n" });
    const given = { context, labels: { "com.example.a": "b" }, tags: ["tallyman-test/built:2"] };
    expect(await build(given)).toBeString();
    const engine = await testEngine();
    const { Id, Config } = await inspectImage(engine);
    const digests = await contextDigests(projectOf(given), (path) => path, signal);
    expect(Config.Labels).toEqual({
      "com.example.a": "b",
      [COMPOSE_LABEL.project]: "dk-build",
      [COMPOSE_LABEL.service]: "web",
      [COMPOSE_LABEL.version]: "2.40.3",
      [TALLYMAN_LABEL.context]: digests["web"] ?? "none",
    });
    expect((await inspectImage(engine, "tallyman-test/built:2")).Id).toBe(Id);
  },
  LIMIT,
);

test(
  ".dockerignore keeps files back, and the Dockerfile's own one stands above it",
  async () => {
    const files = { Dockerfile: DOCKERFILE, ".dockerignore": "*\n!a\na/*.md\n", "a/x.md": "", "a/y": "", z: "" };
    await build({ context: folder(files) });
    expect(await run("cd /ctx && find . -type f | sort")).toBe("./Dockerfile\n./a/y");
    const own = { ...files, "Dockerfile.dockerignore": "a\n" };
    await build({ context: folder(own) });
    expect(await run("cd /ctx && find . -type f | sort")).toBe(
      "./.dockerignore\n./Dockerfile\n./Dockerfile.dockerignore\n./z",
    );
  },
  LIMIT,
);

test(
  "arguments, target, platform, hosts and a cache mount reach the build",
  async () => {
    const engine = await testEngine();
    const { Architecture } = await engineApi<{ readonly Architecture: string }>(
      engine,
      `/images/${await busyboxImage(engine)}/json`,
    );
    const context = folder({
      "docker/app.Dockerfile": `FROM ${BUSYBOX_IMAGE} AS wanted
ARG NAME
RUN --mount=type=cache,target=/cache echo "$NAME" > /name && touch /cache/here
RUN cat /etc/hosts > /hosts
FROM wanted
RUN false
`,
    });
    const failed = await build({
      context,
      dockerfile: "docker/app.Dockerfile",
      args: { NAME: "x y" },
      target: "wanted",
      extra_hosts: ["db.test=10.1.2.3"],
      platforms: [`linux/${Architecture}`],
      no_cache: true,
      network: "default",
    });
    expect(failed).toBeString();
    expect(await run("cat /name; grep -c db.test /hosts; ls /cache; true")).toBe("x y\n1");
  },
  LIMIT,
);

describe("a Dockerfile that is no file of the context", () => {
  test(
    "may be written in the Compose file",
    async () => {
      await build({ context: folder({ a: "1" }), dockerfile_inline: `FROM ${BUSYBOX_IMAGE}\nCOPY a /in\n` });
      expect(await run("cat /in")).toBe("1");
    },
    LIMIT,
  );
  test(
    "is not copied, and everything else is as it would be with one in the context",
    async () => {
      const files = {
        "a/b": "text",
        "a/empty": "",
        "a/link": "→b",
        out: "→/etc/shadow",
        ".dockerignore": "kept-back\n",
      };
      const context = folder({ ...files, "kept-back": "", "a-b": "x".repeat(100_000), Dockerfile: "FROM nothing\n" });
      chmodSync(join(context, "a/b"), 0o4755);
      mkdirSync(join(context, "hollow"), { mode: 0o700 });
      const seen = async (given: Partial<Build>) => {
        expect(await build({ context, ...given, no_cache: true })).toBeString();
        return await run(
          "cd /ctx && find . | sort | xargs stat -c '%n %F %a %u:%g %s' && sha256sum a/b a-b && readlink a/link && readlink out",
        );
      };
      const inline = await seen({ dockerfile_inline: DOCKERFILE });
      writeFileSync(join(context, "Dockerfile"), DOCKERFILE);
      const inside = await seen({});
      const withoutDockerfile = (text: string): string =>
        text.replace(/^\.\/Dockerfile .*\n/m, "").replace(/^\. .*\n/, "");
      expect(withoutDockerfile(inline)).toBe(withoutDockerfile(inside));
      expect(inline).not.toContain("tallyman");
    },
    LIMIT,
  );
  test(
    "may lie beside the context",
    async () => {
      const root = folder({ "app/a": "2", "docker/Dockerfile": `FROM ${BUSYBOX_IMAGE}\nCOPY a /beside\n` });
      await build({ context: join(root, "app"), dockerfile: "../docker/Dockerfile" });
      expect(await run("cat /beside")).toBe("2");
    },
    LIMIT,
  );
});

describe("a build that fails", () => {
  test(
    "tells the step and its last lines",
    async () => {
      const dockerfile_inline = `FROM ${BUSYBOX_IMAGE}\nRUN echo first && echo the reason >&2 && exit 7\n`;
      const error = await build({ context: folder({}), dockerfile_inline });
      if (!(error instanceof TallymanError)) throw new Error(`it was built: ${error}`);
      const [first, ...lines] = error.message.split("\n");
      expect(error.reason).toBe("BuildFailed");
      expect(first).toMatch(/^services\.web\.build .*RUN echo first.*exit code: 7/);
      expect(lines.sort()).toEqual(["  first", "  the reason"]);
    },
    LIMIT,
  );
  test(
    "because its base image cannot be reached is passing trouble",
    async () => {
      const error = await build({ context: folder({}), dockerfile_inline: "FROM 127.0.0.1:1/no/base:1\n" });
      expect(error).toMatchObject({
        reason: "RegistryUnavailable",
        message: expect.stringContaining("127.0.0.1:1/no/base:1"),
      });
    },
    LIMIT,
  );
  test.each([
    ["there is no Dockerfile", { dockerfile: "No.Dockerfile" }, "No.Dockerfile"],
    ["a COPY finds nothing", { dockerfile_inline: "FROM scratch\nCOPY nothing /\n" }, "nothing"],
    ["the Dockerfile is not understood", { dockerfile_inline: "FORM scratch\n" }, "FORM"],
    ["the target is unknown", { dockerfile_inline: "FROM scratch\n", target: "none" }, "none"],
  ] as const)("because %s is a fault of the files", async (_, given, text) => {
    const error = await build({ context: folder({}), ...given });
    expect(error).toMatchObject({ reason: "BuildFailed", message: expect.stringContaining(text) });
  });
  test("because its context is no directory names it", async () => {
    expect(await build({ context: join(folder({ a: "" }), "a") })).toMatchObject({
      reason: "BuildFailed",
      message: expect.stringContaining("build.context"),
    });
  });
});

test(
  "a large context is streamed, and a build that is cancelled is no success",
  async () => {
    const context = folder({ Dockerfile: `FROM ${BUSYBOX_IMAGE}\nCOPY . /ctx\nRUN sleep 600\n` });
    writeFileSync(join(context, "large"), Buffer.alloc(64 * 2 ** 20, 7));
    const abort = new AbortController();
    const engine = await testEngine();
    await busyboxImage(engine);
    const observed = { project: "dk-build", containers: [], networks: [], volumes: [], images: {} };
    const progress = (text: string): void => {
      if (text.includes("sleep")) abort.abort();
    };
    const ended = connectEngine({ dockerHost: engine.dockerHost }).perform(
      { kind: "build-image", image: IMAGE, serviceName: "web", pullFirst: false },
      { project: projectOf({ context }), observed, created: new Map(), labels: {}, progress },
      abort.signal,
    );
    expect(await ended.catch((thrown: unknown) => thrown)).toMatchObject({ reason: "Interrupted" });
  },
  LIMIT,
);

test(
  "the files come from where the model's paths lie now",
  async () => {
    const staging = folder({ "app/Dockerfile": DOCKERFILE, "app/a": "staged" });
    const placeOf = (path: string): string => path.replace("/live/tree", staging);
    await build({ context: "/live/tree/app" }, placeOf);
    expect(await run("cat /ctx/a")).toBe("staged");
  },
  LIMIT,
);

test(
  "a private base image is fetched with the login that is kept for its registry",
  async () => {
    const engine = await testEngine();
    const login = { username: "ann", password: "pass" };
    const registry = await serveRegistry({ auth: login });
    const base = `${registry.host}/shop/base:1`;
    const header = Buffer.from(JSON.stringify(login)).toString("base64");
    try {
      await output(["docker", "-H", engine.dockerHost, "tag", await busyboxImage(engine), base]);
      await pushImage(engine, base, login);
      await engineApi(engine, `/images/${base}`, "DELETE");
      const given = { context: folder({}), dockerfile_inline: `FROM ${base}\nRUN echo built > /said\n` };
      expect(await build(given)).toMatchObject({ reason: "RegistryDenied", message: expect.stringContaining(base) });
      const kept: RegistryAuth = async (host) => (host === registry.host ? { header, source: "the test" } : null);
      expect(await build(given, undefined, kept)).toBeString();
      expect(await run("cat /said")).toBe("built");
      await engineApi(engine, `/images/${base}`, "DELETE");
    } finally {
      await registry.stop();
    }
  },
  LIMIT,
);

test(
  "the image bears its own cache when the file asks for an inline one",
  async () => {
    const engine = await testEngine();
    const given = { context: folder({}), dockerfile_inline: `FROM ${BUSYBOX_IMAGE}\nRUN echo kept > /said\n` };
    const bearsCache = async () => {
      const answer = await fetch(`http://engine/images/${IMAGE}/get`, { unix: engine.socketPath });
      return Buffer.from(await answer.arrayBuffer()).includes("moby.buildkit.cache.v0");
    };
    await build(given);
    expect(await bearsCache()).toBe(false);
    await build({ ...given, cache_to: ["type=inline"] });
    expect(await bearsCache()).toBe(true);
  },
  LIMIT,
);

test(
  "a container that somebody runs from a built image is none of the project's",
  async () => {
    const engine = await testEngine();
    await build({ context: folder({}), dockerfile_inline: `FROM ${BUSYBOX_IMAGE}\n` });
    const id = await output(["docker", "-H", engine.dockerHost, "run", "-d", IMAGE, "sleep", "60"]);
    try {
      const query = { project: "dk-build", images: [], networks: [], volumes: [] };
      const observed = await connectEngine({ dockerHost: engine.dockerHost }).observe(query, signal);
      expect(observed.containers).toEqual([]);
    } finally {
      await engineApi(engine, `/containers/${id}?force=1`, "DELETE");
    }
  },
  LIMIT,
);
