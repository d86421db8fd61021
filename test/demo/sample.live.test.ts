import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { SAMPLE_IMAGE, type SampleFlavour, sampleFiles } from "../../src/demo/sample-files.ts";
import { createEngineClient } from "../../src/docker/engine-client.ts";
import { buildSampleImage } from "../../src/docker/host-image.ts";
import { output } from "../support/command.ts";
import { testEngine } from "../support/engine.ts";
import { engineApi, removeProject } from "../support/engine-api.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/waiting.ts";

const PROJECT = "demo-sample";
const engine = await testEngine();
const directory = temporaryDirectory("sample");
const docker = (...argv: readonly string[]) => output(["docker", "-H", engine.dockerHost, ...argv]);

beforeAll(async () => {
  await buildSampleImage(createEngineClient(engine), { tag: SAMPLE_IMAGE }, AbortSignal.timeout(60_000));
  for (const flavour of ["busybox", "shell"] as const) {
    for (const [path, content] of Object.entries(sampleFiles(flavour, 7_480))) {
      const file = `${directory.path}/${flavour}/${path}`;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }
  await docker("network", "create", "--label", `com.docker.compose.project=${PROJECT}`, PROJECT);
}, 90_000);

afterAll(async () => {
  await removeProject(engine, PROJECT);
  directory.remove();
}, 60_000);

interface Inspected {
  readonly State: { readonly Status: string; readonly Health?: { readonly Status: string } };
}

async function health(name: string): Promise<string | undefined> {
  return (await engineApi<Inspected>(engine, `/containers/${name}/json`)).State.Health?.Status;
}

/** As the sample's Compose file has it, without the published port, which belongs to whoever runs the demo here. */
async function startPage(name: string, flavour: SampleFlavour, broken: "yes" | "no"): Promise<string> {
  const check = flavour === "busybox" ? "wget -q -O /dev/null http://127.0.0.1:8080/" : "[ -f /alive ]";
  const mount = `${directory.path}/${flavour}/page:/srv/page:ro`;
  const environment = ["-e", "GREETING=Hello from a test", "-e", `BROKEN=${broken}`];
  const checks = ["--health-cmd", check, "--health-interval", "1s", "--health-retries", "3", "--health-timeout", "2s"];
  const labels = ["--label", `com.docker.compose.project=${PROJECT}`];
  const network = ["--network", PROJECT, "--network-alias", "page"];
  const argv = [
    "run",
    "-d",
    "--name",
    name,
    ...labels,
    ...network,
    "-v",
    mount,
    ...environment,
    ...checks,
    SAMPLE_IMAGE,
  ];
  await docker(...argv, "sh", "/srv/page/serve.sh");
  return name;
}

test("the page becomes healthy, and the visitor sees its greeting", async () => {
  const page = await startPage("demo-page", "busybox", "no");
  await until("the page is healthy", async () => (await health(page)) === "healthy");
  const mount = `${directory.path}/busybox/visitor:/srv/visitor:ro`;
  const labels = ["--label", `com.docker.compose.project=${PROJECT}`];
  await docker(
    "run",
    "-d",
    "--name",
    "demo-visitor",
    ...labels,
    "--network",
    PROJECT,
    "-v",
    mount,
    SAMPLE_IMAGE,
    "sh",
    "/srv/visitor/visit.sh",
  );
  await until("the visitor saw it", async () =>
    (await docker("logs", "demo-visitor")).includes("the page says: Hello from a test"),
  );
  // A changed page is served without a new container, for the folder is mounted.
  writeFileSync(`${directory.path}/busybox/page/index.html`, "<h1>@GREETING@, changed</h1>\n");
  await until("the change is served", async () =>
    (await docker("logs", "demo-visitor")).includes("the page says: Hello from a test, changed"),
  );
}, 120_000);

test("both end by themselves when they are asked to", async () => {
  await docker("stop", "--time", "60", "demo-page", "demo-visitor");
  for (const name of ["demo-page", "demo-visitor"]) {
    const { State } = await engineApi<{ readonly State: { readonly ExitCode: number } }>(
      engine,
      `/containers/${name}/json`,
    );
    expect(State.ExitCode).toBe(0);
  }
}, 120_000);

for (const flavour of ["busybox", "shell"] as const) {
  test(`broken on purpose, the page of ${flavour} becomes unhealthy`, async () => {
    const page = await startPage(`demo-broken-${flavour}`, flavour, "yes");
    await until("the page is unhealthy", async () => (await health(page)) === "unhealthy");
  }, 120_000);
}

test("with a shell alone the counter becomes healthy", async () => {
  const page = await startPage("demo-counter", "shell", "no");
  await until("the counter is healthy", async () => (await health(page)) === "healthy");
  expect(await docker("logs", page)).toContain("Hello from a test (1)");
}, 120_000);
