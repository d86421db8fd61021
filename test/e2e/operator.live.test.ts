import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import type { Deployment } from "../../src/deployment.ts";
import { tallyman } from "../support/daemon.ts";
import { engineApi } from "../support/engine-api.ts";
import { BUSYBOX_IMAGE, createImage, pushImage } from "../support/images.ts";
import { serveRegistry, type TestRegistry } from "../support/registry.ts";
import { type StackRig, stackRig } from "../support/stack-rig.ts";
import { until } from "../support/waiting.ts";

// What an operator does to a stack, from the command line, with a real registry whose tags move and which is away at times.

const RUN = ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.2; done"];
const NAME = "operated";
const GATE = { deploy: { update_config: { monitor: "1s" } }, stop_grace_period: "1s" };
let rig: StackRig;
let registry: TestRegistry;

const image = () => `${registry.host}/operated:latest`;
const compose = (more: Readonly<Record<string, unknown>> = {}) => ({
  services: { web: { image: image(), command: RUN, pull_policy: "always", ...GATE, ...more } },
});

/** Pushes a new image under the same tag; its id. */
async function pushNew(said: string): Promise<string> {
  const reference = await createImage(rig.engine, { reference: image(), changes: [`LABEL said=${said}`] });
  await pushImage(rig.engine, reference);
  return (await engineApi<{ readonly Id: string }>(rig.engine, `/images/${reference}/json`)).Id;
}

async function imageOf(serviceName: string): Promise<string> {
  const { [serviceName]: id } = await rig.running();
  return (await engineApi<{ readonly Image: string }>(rig.engine, `/containers/${id}/json`)).Image;
}

async function run(...words: readonly string[]): Promise<string> {
  const result = await rig.daemon.run(...words);
  if (result.code !== 0)
    throw new Error(`${words.join(" ")} ended with ${result.code}: ${result.stderr}${result.stdout}`);
  return result.stdout;
}

beforeAll(async () => {
  registry = await serveRegistry();
  rig = await stackRig({ name: NAME });
  await pushNew("one");
  await rig.push(compose());
  await rig.daemon.json(["stack", "add", NAME, "--repo", rig.server.url(NAME)]);
  await rig.inSync();
}, 240_000);

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  await registry.stop();
}, 60_000);

describe("an operator", () => {
  test("rolls back to the very image that ran, though its tag moved in the registry, and resumes", async () => {
    const former = await imageOf("web");
    const formerCommit = (await rig.status()).commit;
    const moved = await pushNew("two");
    await rig.inSync(await rig.push(compose({ environment: { RELEASE: "2" } }), "Release 2"));
    expect(await imageOf("web")).toBe(moved);
    await run("rollback", NAME, "--why", "two is slow", "--wait");
    expect(await imageOf("web")).toBe(former);
    const pinned = await rig.status();
    expect(pinned).toMatchObject({ state: "suspended", pinned: true, commit: formerCommit });
    expect(pinned.reason).toContain("two is slow");
    const newest = await rig.push(compose({ environment: { RELEASE: "3" } }), "Release 3");
    await until("the newest is known", async () => (await rig.status()).wantedCommit === newest, 60_000, 200);
    expect(await imageOf("web")).toBe(former);
    await run("resume", NAME, "--wait");
    await rig.inSync(newest);
    expect(await imageOf("web")).toBe(moved);
  });

  test("rolls back to an image that is gone from here: it is fetched by the digest that was recorded", async () => {
    const former = await imageOf("web");
    const moved = await pushNew("three");
    await rig.inSync(await rig.push(compose({ environment: { RELEASE: "3b" } }), "Release 3b"));
    expect(await imageOf("web")).toBe(moved);
    await engineApi(rig.engine, `/images/${former}?force=1`, "DELETE");
    await run("rollback", NAME, "--why", "three is slow", "--wait");
    expect(await imageOf("web")).toBe(former);
    const [entry] = (await rig.history()) as readonly Deployment[];
    expect(entry).toMatchObject({ trigger: "rollback", status: "healthy" });
    expect(entry?.operations[0]).toMatchObject({ kind: "pull-image", status: "done" });
    expect(entry?.operations[0]?.resource).toContain("@sha256:");
    await run("resume", NAME, "--wait");
    expect(await imageOf("web")).toBe(moved);
  });

  test("stops a stack, which stays stopped through a commit and a restart of the daemon, and starts it", async () => {
    await run("stop", NAME, "--why", "the disk is moved", "--wait");
    expect(await rig.running()).toEqual({});
    const commit = await rig.push(compose({ environment: { RELEASE: "4" } }), "Release 4");
    await rig.restart();
    await until("the commit is seen", async () => (await rig.status()).wantedCommit === commit, 60_000, 200);
    expect(await rig.status()).toMatchObject({ state: "stopped", stopped: { why: "the disk is moved" } });
    expect(await rig.running()).toEqual({});
    await run("start", NAME, "--wait");
    await rig.inSync(commit);
  });

  test("suspends a stack, and nothing changes until it is resumed", async () => {
    await run("suspend", NAME, "--why", "exam week");
    const before = await rig.running();
    const commit = await rig.push(compose({ environment: { RELEASE: "5" } }), "Release 5");
    await until("the commit is seen", async () => (await rig.status()).wantedCommit === commit, 60_000, 200);
    expect(await rig.status()).toMatchObject({ state: "suspended", suspended: { why: "exam week" } });
    expect(await rig.running()).toEqual(before);
    await run("resume", NAME, "--wait");
    await rig.inSync(commit);
  });

  test("mends a missing secret, which lifts the block without a new commit", async () => {
    const commit = await rig.push(compose({ environment: { TOKEN: `\${TOKEN:?is missing}` } }), "Ask for a token");
    const refused = await until(
      "it is refused",
      async () => {
        const now = await rig.status();
        return now.state === "failed" && now.wantedCommit === commit ? now : null;
      },
      60_000,
      200,
    );
    expect(refused.reason).toContain("TOKEN");
    await setSecret("TOKEN", "s3cret-of-the-shop");
    await rig.inSync(commit);
    expect((await rig.inspect("web")).Config.Env).toContain("TOKEN=s3cret-of-the-shop");
    const listed = await run("secret", "list", NAME);
    expect(listed).toContain("TOKEN");
    expect(listed).not.toContain("s3cret");
  });
});

async function setSecret(name: string, value: string): Promise<void> {
  const result = await tallyman(["secret", "set", NAME, name, "--root", rig.root], { input: value });
  if (result.code !== 0) throw new Error(result.stderr);
}

test("a registry that is away for a while fails nothing for good", async () => {
  const answers: number[] = [];
  // The Engine asks the manifest here; twice it is told to come back later.
  const flaky = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url);
      if (pathname.includes("/manifests/") && answers.length < 2) {
        answers.push(503);
        return new Response("later", { status: 503, headers: { "Retry-After": "1" } });
      }
      const answer = await fetch(`http://${registry.host}${pathname}${search}`, {
        method: request.method,
        headers: request.headers,
      });
      return new Response(answer.body, { status: answer.status, headers: answer.headers });
    },
  });
  try {
    const flakyImage = `127.0.0.1:${flaky.port}/operated:latest`;
    const commit = await rig.push(compose({ image: flakyImage }), "Through a registry that is away");
    await rig.inSync(commit);
    expect(answers).toEqual([503, 503]);
    const entries = (await rig.history()).filter((entry) => entry.commit === commit);
    expect(entries.at(0)).toMatchObject({ status: "healthy" });
    for (const entry of entries.slice(1)) expect(entry).toMatchObject({ status: "failed", class: "transient" });
  } finally {
    await flaky.stop(true);
  }
});

test("a changed file under a bind mount makes its service anew, that alone, and comes back with a bad commit", async () => {
  const services = (healthy: boolean) => ({
    services: {
      proxy: { image: BUSYBOX_IMAGE, command: RUN, ...GATE, volumes: ["./proxy.conf:/etc/proxy.conf:ro"] },
      web: { image: BUSYBOX_IMAGE, command: healthy ? RUN : ["false"], ...GATE },
    },
  });
  await rig.inSync(await rig.push(services(true), "A proxy", { "proxy.conf": "one\n" }));
  const before = await rig.running();
  const commit = await rig.push(services(true), "Another configuration", { "proxy.conf": "two\n" });
  await rig.inSync(commit);
  const after = await rig.running();
  expect([after["web"] === before["web"], after["proxy"] === before["proxy"]]).toEqual([true, false]);
  const [entry] = (await rig.history()) as readonly Deployment[];
  expect(entry?.operations.map(({ cause }) => cause).join("; ")).toContain("./proxy.conf");
  expect(await contentIn("proxy")).toBe("two\n");
  const bad = await rig.push(services(false), "A bad one", { "proxy.conf": "three\n" });
  await until(
    "it went back",
    async () => (await rig.history()).some((one) => one.commit === bad && one.status === "failed"),
    60_000,
    200,
  );
  await until("the former ones run", async () => (await rig.running())["proxy"] === after["proxy"], 60_000, 200);
  expect(await contentIn("proxy")).toBe("two\n");
  expect(readFileSync(`${rig.root}/deployments/${NAME}/tree/proxy.conf`, "utf8")).toBe("two\n");
});

async function contentIn(serviceName: string): Promise<string> {
  const { [serviceName]: id } = await rig.running();
  const { Id } = await engineApi<{ readonly Id: string }>(rig.engine, `/containers/${id}/exec`, "POST", {
    AttachStdout: true,
    Tty: true,
    Cmd: ["cat", "/etc/proxy.conf"],
  });
  const answer = await fetch(`http://engine/exec/${Id}/start`, {
    unix: rig.engine.socketPath,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ Detach: false, Tty: true }),
  });
  return (await answer.text()).replaceAll("\r\n", "\n");
}
