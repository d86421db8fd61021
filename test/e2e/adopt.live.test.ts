import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDaemon, tallyman } from "../support/daemon.ts";
import { containersOf, removeProject } from "../support/engine-api.ts";
import { BUSYBOX_IMAGE } from "../support/images.ts";
import { oracle } from "../support/oracle.ts";
import { type StackRig, stackRig } from "../support/stack-rig.ts";
import { until } from "../support/waiting.ts";

// A project that runs already becomes a stack without a restart. Docker Compose itself started it where its plugin is here, else our
// own stand-alone commands, which make the same containers.

const PROJECT = "adopted";
const RUN = ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.2; done"];
const docker = await oracle();
let rig: StackRig;
let folder: string;

const compose = (version: string) =>
  `${JSON.stringify({
    services: {
      db: { image: BUSYBOX_IMAGE, command: RUN, volumes: ["data:/data"] },
      web: {
        image: BUSYBOX_IMAGE,
        command: RUN,
        environment: { VERSION: version },
        volumes: ["./web.conf:/etc/web.conf:ro"],
        depends_on: ["db"],
      },
    },
    volumes: { data: {} },
  })}\n`;

beforeAll(async () => {
  rig = await stackRig({ name: PROJECT });
  folder = join(rig.directory.path, "srv");
  const files = { "compose.yaml": compose("1"), "web.conf": "one\n", "README.md": "Hello\n" };
  await rig.repository.commit(files, "First");
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, "notes.txt"), "nobody's business\n");
  const words = ["-p", PROJECT, "-f", join(folder, "compose.yaml")];
  const up = docker
    ? await docker.compose(rig.engine, [...words, "up", "-d", "--pull", "never"], folder)
    : await tallyman(["compose", "up", ...words], { cwd: folder, env: { DOCKER_HOST: rig.engine.dockerHost } });
  if (up.code !== 0) throw new Error(up.stderr);
}, 180_000);

afterAll(async () => await rig[Symbol.asyncDispose](), 60_000);

test("adopting shows the plan and touches nothing", async () => {
  const before = await rig.running();
  const words = ["stack", "adopt", PROJECT, "--repo", rig.server.url(PROJECT), "--in-place"];
  const adopted = await rig.daemon.run(...words);
  expect(`${adopted.code} ${adopted.stderr}`).toBe("0 ");
  expect(adopted.stdout).toMatch(/nothing/i);
  expect(await rig.status()).toMatchObject({ state: "suspended" });
  expect(await rig.running()).toEqual(before);
});

test("resuming makes it a stack in sync with the very same containers, and its other files stay", async () => {
  const before = await rig.running();
  const resumed = await rig.daemon.run("resume", PROJECT, "--wait");
  expect([resumed.code, resumed.code === 0 ? "" : resumed.stderr]).toEqual([0, ""]);
  await rig.inSync();
  expect(await rig.running()).toEqual(before);
  expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("nobody's business\n");
});

test("from then on a commit reaches the service that it touches, mounted files included", async () => {
  const before = await rig.running();
  await rig.inSync(await rig.repository.commit({ "web.conf": "two\n" }, "Another configuration"));
  const after = await rig.running();
  expect([after["db"] === before["db"], after["web"] === before["web"]]).toEqual([true, false]);
  expect(readFileSync(join(folder, "web.conf"), "utf8")).toBe("two\n");
});

test("another Tallyman on the same Engine leaves it alone, and says whose it is", async () => {
  await rig.daemon.run("suspend", PROJECT);
  const before = await rig.running();
  const other = await startDaemon({ engine: rig.engine, flags: ["--interval", "5s"] });
  try {
    await rig.repository.commit({ "compose.yaml": compose("of the other") }, "What the other one would deploy");
    await other.run("stack", "add", PROJECT, "--repo", rig.server.url(PROJECT));
    const status = await until(
      "it says whose the project is",
      async () => {
        const now = await other.status(PROJECT);
        return now.reason.includes("another Tallyman") ? now : null;
      },
      60_000,
      200,
    );
    expect(status).toMatchObject({ state: "failed", trouble: "ForeignProject" });
    expect(await rig.running()).toEqual(before);
  } finally {
    await other.stop();
  }
});

test("a project that does not run cannot be adopted", async () => {
  const result = await rig.daemon.run("stack", "adopt", "nobody", "--repo", rig.server.url(PROJECT));
  expect(result.code).toBe(1);
  expect(result.stderr).toContain("nobody");
  expect(await containersOf(rig.engine, "nobody")).toEqual([]);
  await removeProject(rig.engine, "nobody");
});
