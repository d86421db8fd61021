import { afterAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadProject } from "../../src/compose/load-project.ts";
import { checkSupported } from "../../src/compose/unsupported.ts";
import { connectEngine } from "../../src/docker/docker-engine.ts";
import { openDiskFiles } from "../../src/folder/disk-files.ts";
import { TALLYMAN_LABEL } from "../../src/label.ts";
import { composeUp } from "../../src/reconcile/compose-project.ts";
import { output } from "../support/command.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { engineApi, removeProject } from "../support/engine-api.ts";
import { JumpingClock } from "../support/flow.ts";
import { BUSYBOX_IMAGE, busyboxImage } from "../support/images.ts";
import { oracle } from "../support/oracle.ts";
import { temporaryDirectory } from "../support/temporary.ts";

// The same Compose file built by Docker Compose and by us gives the same files and settings. Needs the plugin.

const docker = await oracle();
if (docker === null)
  console.log("figure: skipped, for want of a docker compose plugin (TALLYMAN_TEST_COMPOSE names one)");
const LIMIT = 240_000;
const PROJECT = "dk-build-diff";
const IMAGE = `${PROJECT}-web:1`;
const signal = AbortSignal.timeout(900_000);
const directory = temporaryDirectory("build-diff");
const { path: root } = directory;

afterAll(() => directory[Symbol.dispose]());

mkdirSync(join(root, "ctx/sub"), { recursive: true });
mkdirSync(join(root, "other"));
for (const [path, text] of Object.entries({
  "ctx/a": "a",
  "ctx/sub/b": "b",
  "ctx/kept/c": "c",
  "ctx/.dockerignore": "sub\n!sub/b\n",
  "ctx/app.Dockerfile": "",
  "other/o": "o",
  token: "a secret",
})) {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), text);
}
chmodSync(join(root, "ctx/a"), 0o4755);
symlinkSync("a", join(root, "ctx/link"));

const STEPS = `ARG A
COPY . /ctx
RUN --mount=type=secret,id=token --mount=type=cache,target=/cache sha256sum < /run/secrets/token > /s; echo $$A > /a
RUN ulimit -n > /u; grep db.test /etc/hosts > /hosts
FROM one AS two
ENV B=c
FROM scratch`;

function composeFile(build: string): string {
  return `name: ${PROJECT}
services:
  web:
    image: ${IMAGE}
    build:
      context: ctx
      target: two
      args: { A: "q r" }
      secrets: [token]
      ulimits: { nofile: 77 }
      extra_hosts: ["db.test=10.1.2.3"]
      tags: ["${PROJECT}-web:2"]
      labels: { own: v }
${build.replace(/^/gm, "      ")}
secrets: { token: { file: ./token } }
`;
}

interface Image {
  readonly RepoTags: readonly string[];
  readonly Config: { readonly Labels: Readonly<Record<string, string>>; readonly Env: unknown; readonly Cmd: unknown };
}

/** Everything of the built image that one can see, but for the label of ours. */
async function built(engine: TestEngine) {
  const script =
    "cd / && find . -path ./proc -prune -o -path ./sys -prune -o -path ./bin -prune -o -path ./dev -prune -o -print" +
    " | sort | xargs stat -c '%n %F %a %u:%g %s'; cat /s /a /u /hosts; readlink /ctx/link";
  const files = await output(["docker", "-H", engine.dockerHost, "run", "--rm", IMAGE, "sh", "-c", script]);
  const { RepoTags, Config } = await engineApi<Image>(engine, `/images/${IMAGE}/json`);
  const { [TALLYMAN_LABEL.context]: _, ...labels } = Config.Labels;
  for (const tag of RepoTags) await engineApi(engine, `/images/${tag}?force=1`, "DELETE");
  return { files, tags: [...RepoTags].sort(), labels, env: Config.Env, cmd: Config.Cmd };
}

async function builtByUs(engine: TestEngine) {
  const request = { cwd: root, files: [], envFiles: [], profiles: [], environment: {} };
  const project = loadProject(openDiskFiles(), request);
  checkSupported(project);
  const nothing = (): void => undefined;
  const client = connectEngine({ dockerHost: engine.dockerHost });
  const parts = { engine: client, clock: new JumpingClock(), onStep: nothing, onProgress: nothing, onWarning: nothing };
  await composeUp(project, { start: false, removeOrphans: false, waitMs: null }, parts, signal);
  await removeProject(engine, PROJECT);
  return await built(engine);
}

/** Named contexts and heredocs need a newer builder. */
const BUILDS = {
  "a Dockerfile in the context": () => {
    writeFileSync(join(root, "ctx/app.Dockerfile"), `FROM ${BUSYBOX_IMAGE} AS one\n${STEPS.replaceAll("$$", "$")}\n`);
    return "dockerfile: app.Dockerfile";
  },
  "a Dockerfile in the Compose file": () =>
    `dockerfile_inline: |\n${`FROM ${BUSYBOX_IMAGE} AS one\n${STEPS}`.replace(/^/gm, "  ")}`,
  "named contexts and heredocs": () =>
    `additional_contexts: { other: ./other, base: "docker-image://${BUSYBOX_IMAGE}" }
dockerfile_inline: |
${`FROM base AS one\nCOPY --from=other . /other\nRUN <<EOF\necho here > /h\nEOF\n${STEPS}`.replace(/^/gm, "  ")}`,
} as const;

test.skipIf(docker === null).each(Object.entries(BUILDS))(
  "%s",
  async (name, build) => {
    const engine = await testEngine();
    await busyboxImage(engine);
    writeFileSync(join(root, "compose.yaml"), composeFile(build()));
    if (name.startsWith("named") && Number(engine.version.split(".")[0]) < 23) {
      const refused = await builtByUs(engine).catch((thrown: unknown) => thrown);
      expect(String(refused)).toContain("services.web.build.additional_contexts: the builder of Engine");
      return;
    }
    const said = await docker?.compose(engine, ["build"], root);
    if (said?.code !== 0) throw new Error(said?.stderr);
    const theirs = await built(engine);
    expect(await builtByUs(engine)).toEqual(theirs);
  },
  LIMIT,
);
