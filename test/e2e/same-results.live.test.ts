import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { tallyman } from "../support/daemon.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { engineApi, removeProject } from "../support/engine-api.ts";
import { BUSYBOX_IMAGE, busyboxImage } from "../support/images.ts";
import { oracle } from "../support/oracle.ts";
import { temporaryDirectory } from "../support/temporary.ts";

// The same commands on the same files, once by Docker Compose and once by Tallyman: after every step the same containers, networks and
// volumes are there, as old or as new, and the command ended well or did not.

const docker = await oracle();
if (docker === null)
  console.log("figure: skipped, for want of a docker compose plugin (TALLYMAN_TEST_COMPOSE names one)");
const directory = temporaryDirectory("same-results");
const PROJECT = "same-results";
const LIMIT = 300_000;
let engine: TestEngine;

beforeAll(async () => {
  engine = await testEngine();
  await busyboxImage(engine);
}, 60_000);

afterAll(async () => {
  directory.remove();
  await clear();
}, 60_000);

type Who = "Docker Compose" | "Tallyman";
/** One step: a command with a file's services, or something done to the Engine by hand. */
type Step =
  | { readonly file: object; readonly words: readonly string[] }
  /** By Docker Compose in either case. */
  | { readonly file: object; readonly run: readonly string[] }
  | { readonly pause: string };

const RUN = ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.2; done"];
const service = (more: object = {}) => ({ image: BUSYBOX_IMAGE, command: RUN, stop_grace_period: "1s", ...more });
const web = { services: { web: service() } };
const checked = (test: string) => service({ healthcheck: { test: ["CMD", test], interval: "1s", retries: 2 } });
const three = {
  services: {
    web: service({ depends_on: ["db"], networks: ["front"] }),
    db: service({ networks: ["back"], volumes: ["data:/data"] }),
    mail: service({ networks: ["mail"] }),
  },
  networks: { front: {}, back: {}, mail: {}, unused: {} },
  volumes: { data: {}, unused: {} },
};
const changed = {
  ...three,
  services: { ...three.services, db: service({ networks: ["back"], volumes: ["data:/data"], tty: true }) },
};

const cached = {
  services: { web: service({ volumes: ["/cache"] }), db: service({ volumes: ["data:/data"] }) },
  volumes: { data: {} },
};

const up = (file: object, ...options: readonly string[]): Step => ({ file, words: ["up", ...options] });
const down = (file: object, ...options: readonly string[]): Step => ({ file, words: ["down", ...options] });
const gone = { services: { web: service(), old: service({ networks: ["extra"] }) }, networks: { extra: {} } };
const oneOffs: readonly Step[] = [
  { file: gone, run: ["--name", "same-results-ended", "web", "true"] },
  { file: gone, run: ["--name", "same-results-failed", "old", "false"] },
  { file: gone, run: ["-d", "--name", "same-results-runs", "web", "sleep", "1000"] },
];

const SCENARIOS: Readonly<Record<string, readonly Step[]>> = {
  "orphans stay, and go when asked for": [up(gone), ...oneOffs, up(web), up(web, "--remove-orphans")],
  "down takes what the file names": [up(gone), ...oneOffs, down(web), down(gone)],
  "down takes orphans when asked for": [up(gone), ...oneOffs, down(web, "--remove-orphans")],
  "a paused container cannot be started": [up(web), { pause: "web-1" }, up(web)],
  "a paused container can be replaced, scaled away and taken down": [
    up(web, "--scale", "web=2"),
    { pause: "web-2" },
    up(web, "--scale", "web=1"),
    { pause: "web-1" },
    up({ services: { web: service({ tty: true }) } }),
    { pause: "web-1" },
    down(web),
  ],
  "--no-start only creates, and up goes on": [
    up(three, "--no-start"),
    up(three),
    up(changed, "--no-start"),
    up(changed),
  ],
  "--scale goes up and down to nothing": [
    up(web, "--scale", "web=3"),
    up(web, "--scale", "web=2"),
    up(web),
    up(web, "--scale", "web=0"),
    up(web, "--scale", "nobody=1"),
  ],
  "--force-recreate and --no-recreate": [
    up(three),
    up(three, "--force-recreate"),
    up(changed, "--no-recreate"),
    up(changed),
    up(changed, "--force-recreate", "--no-recreate"),
  ],
  "named services come with what they depend on": [
    up(three, "web"),
    up(changed, "mail"),
    up(changed, "--no-deps", "web"),
    up(three, "nobody"),
    down(three, "-v"),
  ],
  "--force-recreate means the named services, --always-recreate-deps what they depend on": [
    up(three),
    up(three, "--force-recreate", "web"),
    up(three, "--always-recreate-deps", "web"),
    up(three, "--no-recreate", "--always-recreate-deps"),
  ],
  "-V makes containers anew with empty anonymous volumes": [
    up(cached),
    up(cached, "-V", "-t", "1"),
    up(cached, "-V", "--no-recreate"),
    down(cached, "-t", "1", "-v"),
  ],
  "down takes the named services and what only they use": [
    up(three),
    down(three, "-v", "web"),
    down(three, "mail"),
    down(three, "nobody"),
    down(three, "db", "web"),
  ],
  "--no-deps leaves the others out": [up(three, "--no-deps", "web")],
  "--wait is content with healthy and running": [up({ services: { web: service(), db: checked("true") } }, "--wait")],
  "--wait fails with the first that is unhealthy": [
    up({ services: { web: service(), db: checked("false") } }, "--wait"),
  ],
  "down -v takes anonymous volumes too": [up({ services: { web: service({ volumes: ["/cache"] }) } }), down(web, "-v")],
  "an anonymous volume is carried over": [
    up({ services: { web: service({ volumes: ["/cache"] }) } }),
    up({ services: { web: service({ volumes: ["/cache"], tty: true }) } }),
    down(web),
  ],
  "a pull policy with a period leaves a fresh image alone": [
    up({ services: { web: service({ pull_policy: "daily" }), db: service({ pull_policy: "every_2h" }) } }),
  ],
};

/** Docker Compose itself ends well in one run of three, though nothing became healthy. */
test(
  "--wait gives up after --wait-timeout, and never ends well",
  async () => {
    const late = { services: { db: service({ healthcheck: { test: ["CMD", "false"], interval: "60s" } }) } };
    const [seen] = await play("Tallyman", [up(late, "--wait", "--wait-timeout", "2")]);
    expect(seen).toMatchObject({ ended: "badly", containers: ["/same-results-db-1 running new"] });
  },
  LIMIT,
);

for (const [name, steps] of Object.entries(SCENARIOS))
  test.skipIf(docker === null)(
    name,
    async () => {
      expect(await play("Tallyman", steps)).toEqual(await play("Docker Compose", steps));
    },
    LIMIT,
  );

async function play(who: Who, steps: readonly Step[]): Promise<readonly object[]> {
  await clear();
  const seen: object[] = [];
  for (const step of steps) seen.push({ ended: await perform(who, step), ...(await whatIsThere()) });
  return seen;
}

async function perform(who: Who, step: Step): Promise<"well" | "badly"> {
  if ("pause" in step) {
    await engineApi(engine, `/containers/${PROJECT}-${step.pause}/pause`, "POST");
    return "well";
  }
  const file = join(directory.path, "compose.yaml");
  writeFileSync(file, JSON.stringify(step.file));
  const common = ["-p", PROJECT, "-f", file];
  if ("run" in step) {
    await composed([...common, "run", ...step.run]);
    const name = step.run[step.run.indexOf("--name") + 1] ?? "";
    // Docker Compose is done a moment before the Engine says so.
    if (!step.run.includes("-d")) await engineApi(engine, `/containers/${name}/wait`, "POST");
    return "well";
  }
  const [verb = "", ...options] = step.words;
  const ended =
    who === "Tallyman"
      ? await tallyman(["compose", verb, ...common, "--docker-host", engine.dockerHost, ...options])
      : await composed([
          ...common,
          verb,
          ...(verb === "up" && !options.includes("--no-start") ? ["-d"] : []),
          ...options,
        ]);
  return ended.code === 0 ? "well" : "badly";
}

async function composed(words: readonly string[]) {
  if (docker === null) throw new Error("Docker Compose is not at hand");
  return docker.compose(engine, words);
}

/** What the steps of one play made so far: ids of containers, names of anonymous volumes. */
const made = { containers: new Set<string>(), volumes: new Set<string>() };

interface Listed {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly State: string;
  readonly Mounts: readonly { readonly Type: string; readonly Name?: string }[];
}

/** By name; `new` are containers that no earlier step had made. */
async function whatIsThere(): Promise<object> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${PROJECT}`] }));
  const found = await engineApi<readonly Listed[]>(engine, `/containers/json?all=1&filters=${filters}`);
  const containers = found.map(
    ({ Id, Names, State }) => `${Names[0]} ${State} ${made.containers.has(Id) ? "kept" : "new"}`,
  );
  for (const { Id, Mounts } of found) {
    made.containers.add(Id);
    for (const { Name = "" } of Mounts) if (/^[0-9a-f]{64}$/.test(Name)) made.volumes.add(Name);
  }
  const volumes = await volumeNames();
  const names = [
    ...(await engineApi<readonly { Name: string }[]>(engine, "/networks")).map(({ Name }) => Name),
    ...volumes,
  ];
  return {
    containers: containers.sort(),
    others: names.filter((name) => name.startsWith(PROJECT)).sort(),
    anonymous: volumes.filter((name) => made.volumes.has(name)).length,
  };
}

async function volumeNames(): Promise<readonly string[]> {
  const { Volumes } = await engineApi<{ Volumes: readonly { Name: string }[] | null }>(engine, "/volumes");
  return (Volumes ?? []).map(({ Name }) => Name);
}

async function clear(): Promise<void> {
  await removeProject(engine, PROJECT);
  for (const name of made.volumes) await engineApi(engine, `/volumes/${name}`, "DELETE").catch(() => undefined);
  made.containers.clear();
  made.volumes.clear();
}
