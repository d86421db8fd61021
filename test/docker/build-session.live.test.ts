import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { contextDigests } from "../../src/docker/build.ts";
import { connectEngine } from "../../src/docker/docker-engine.ts";
import { programEntries, requireProgram } from "../../src/docker/host-files.ts";
import { TallymanError } from "../../src/error.ts";
import type { Build, Project } from "../../src/project.ts";
import { output } from "../support/command.ts";
import { testEngine } from "../support/engine.ts";
import { engineApi } from "../support/engine-api.ts";
import { createSshKey } from "../support/git-ssh.ts";
import { BUSYBOX_IMAGE, busyboxImage } from "../support/images.ts";
import { sampleProject } from "../support/sample-project.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/waiting.ts";

const LIMIT = 120_000;
const IMAGE = "tallyman-test/session:1";
const SECRET = "pa$$ wörd\nwith two lines, %41 and no end";
const signal = AbortSignal.timeout(900_000);
const directory = temporaryDirectory("build-session");

afterAll(() => directory[Symbol.dispose]());

interface Given {
  readonly build: Partial<Build>;
  readonly secrets?: Project["secrets"];
  readonly sshAgent?: string;
}

function projectOf({ build, secrets = {} }: Given): Project {
  const context = join(directory.path, "context");
  mkdirSync(context, { recursive: true });
  const project = sampleProject({ web: { image: IMAGE, build: { context, ...build } } }, "dk-session");
  return { ...project, secrets, workingDir: directory.path };
}

/** Builds, and gives the progress texts, or what was thrown. */
async function build(given: Given) {
  const { dockerHost } = await testEngine();
  await busyboxImage(await testEngine());
  const texts: string[] = [];
  const observed = { project: "dk-session", containers: [], networks: [], volumes: [], images: {} };
  const progress = (text: string): void => void texts.push(text);
  const context = { project: projectOf(given), observed, created: new Map(), labels: {}, progress };
  const operation = { kind: "build-image", image: IMAGE, serviceName: "web", pullFirst: false } as const;
  return await connectEngine({ dockerHost, sshAgent: given.sshAgent })
    .perform(operation, context, signal)
    .then(() => texts.join("\n"))
    .catch((thrown: unknown) => (thrown instanceof TallymanError ? thrown : Promise.reject(thrown)));
}

async function run(script: string): Promise<string> {
  const { dockerHost } = await testEngine();
  return (await output(["docker", "-H", dockerHost, "run", "--rm", IMAGE, "sh", "-c", script])).trim();
}

function running(...steps: readonly string[]): string {
  return [`FROM ${BUSYBOX_IMAGE}`, ...steps.map((step) => `RUN ${step}`), ""].join("\n");
}

describe("a build's secret", () => {
  test(
    "is read from its file and from its variable, byte for byte, and stays in no layer",
    async () => {
      const file = join(directory.path, "token");
      writeFileSync(file, SECRET);
      const dockerfile_inline = running(
        "--mount=type=secret,id=token sha256sum < /run/secrets/token > /file",
        "--mount=type=secret,id=renamed,target=/in sha256sum < /in > /variable",
      );
      const shown = await build({
        build: {
          dockerfile_inline,
          no_cache: true,
          secrets: [{ source: "token" }, { source: "env", target: "renamed" }],
        },
        secrets: { token: { file }, env: { environment: "TOKEN", content: SECRET } },
      });
      expect(shown).toBeString();
      const digest = new Bun.CryptoHasher("sha256").update(SECRET).digest("hex");
      expect(await run("cat /file /variable")).toBe(`${digest}  -\n${digest}  -`);
      expect(await run("cat /run/secrets/token /in 2>/dev/null; true")).toBe("");
      const engine = await testEngine();
      const said = [
        shown,
        JSON.stringify(await engineApi(engine, `/images/${IMAGE}/json`)),
        JSON.stringify(await engineApi(engine, `/images/${IMAGE}/history`)),
      ].join("\n");
      expect(said).not.toContain("two lines");
    },
    LIMIT,
  );
  test(
    "that is rotated builds nothing anew, for no layer holds it",
    async () => {
      const dockerfile_inline = running("--mount=type=secret,id=token date +%N > /built");
      const given = { build: { dockerfile_inline, secrets: [{ source: "token" }] } };
      const digests = async (content: string) =>
        await contextDigests(
          projectOf({ ...given, secrets: { token: { environment: "TOKEN", content } } }),
          (path) => path,
          signal,
        );
      expect(await digests("one")).toEqual(await digests("two"));
    },
    LIMIT,
  );
  test(
    "that the Compose file does not grant is not given",
    async () => {
      const dockerfile_inline = running("--mount=type=secret,id=other,required=true true");
      const error = await build({
        build: { dockerfile_inline, no_cache: true, secrets: [{ source: "token" }] },
        secrets: { token: { content: SECRET } },
      });
      expect(error).toMatchObject({ reason: "BuildFailed", message: expect.stringMatching(/secret other.*not found/) });
    },
    LIMIT,
  );
});

describe("an SSH agent", () => {
  test(
    "that the Compose file grants lists its keys and signs with them in the build",
    async () => {
      const key = await createSshKey(directory.path, "key");
      await using agent = await startAgent(key.file);
      const context = join(directory.path, "with-ssh");
      await putSshAdd(context, key.publicKey);
      const dockerfile_inline = [
        `FROM ${BUSYBOX_IMAGE}`,
        "COPY . /",
        "RUN --mount=type=ssh ssh-add -L > /default && ssh-add -T /key.pub",
        "RUN --mount=type=ssh,id=named ssh-add -L > /named",
      ].join("\n");
      const shown = await build({
        build: { context, dockerfile_inline, no_cache: true, ssh: ["default", `named=${agent.socket}`] },
        sshAgent: agent.socket,
      });
      expect(shown).toBeString();
      expect(await run("cat /default /named")).toBe(`${key.publicKey}\n${key.publicKey}`);
    },
    LIMIT,
  );
  test(
    "that the Compose file does not grant is not given",
    async () => {
      const dockerfile_inline = running("--mount=type=ssh,id=other,required=true true");
      await using agent = await startAgent();
      const error = await build({
        build: { dockerfile_inline, no_cache: true, ssh: ["default"] },
        sshAgent: agent.socket,
      });
      expect(error).toMatchObject({ reason: "BuildFailed", message: expect.stringContaining("ssh") });
    },
    LIMIT,
  );
});

test(
  "a step that outlives several of the builder's questions whether we are there still ends well",
  async () => {
    const dockerfile_inline = running(
      "--mount=type=secret,id=token sleep 12 && sha256sum < /run/secrets/token > /late",
    );
    const shown = await build({
      build: { dockerfile_inline, no_cache: true, secrets: [{ source: "token" }] },
      secrets: { token: { content: SECRET } },
    });
    expect(shown).toBeString();
  },
  LIMIT,
);

async function startAgent(keyFile?: string) {
  const socket = join(directory.path, `agent-${crypto.randomUUID()}`);
  const child = Bun.spawn(["ssh-agent", "-D", "-a", socket], { stdio: ["ignore", "ignore", "ignore"] });
  await until("the agent listens", () => existsSync(socket));
  if (keyFile !== undefined) await output(["ssh-add", "-q", keyFile], { env: { SSH_AUTH_SOCK: socket } });
  return {
    socket,
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
    },
  };
}

/** The host's own ssh-add with its libraries, and a public key, as files of a context. */
async function putSshAdd(context: string, publicKey: string): Promise<void> {
  for (const entry of await programEntries({ "/bin/ssh-add": await requireProgram("ssh-add") }, signal)) {
    if (entry.kind !== "file") continue;
    mkdirSync(dirname(join(context, entry.path)), { recursive: true });
    writeFileSync(join(context, entry.path), entry.content, { mode: entry.mode });
  }
  writeFileSync(join(context, "key.pub"), publicKey);
}
