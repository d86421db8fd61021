import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { examine } from "../../src/cli/doctor-checks.ts";
import type { DoctorProbes } from "../../src/cli/tools.ts";
import { readConfig } from "../../src/config.ts";
import { TallymanError } from "../../src/error.ts";
import { freePort, temporaryDirectory } from "../support/temporary.ts";
import { failure, fakeDaemon } from "./fake-daemon.ts";
import { run } from "./run.ts";

const host = { environment: { PATH: "/usr/bin:/bin" }, uid: process.getuid?.() ?? 0, cwd: "/" };
const engineInfo = {
  version: "20.10.24",
  apiVersion: "1.41",
  name: "h",
  containers: 0,
  operatingSystem: "",
  dockerRootDir: "",
};
const probes: DoctorProbes = {
  engine: async () => engineInfo,
  hasImage: async () => true,
  openStore: async () => undefined,
};

async function check(name: string, root: string, changes: Partial<DoctorProbes> = {}, more: object = {}) {
  const config = readConfig({ root, listen: `127.0.0.1:${freePort()}` }, host);
  const report = await examine(
    {
      config,
      host,
      probes: { ...probes, ...changes },
      daemonRuns: false,
      builtAt: "2026-01-01T00:00:00Z",
      now: () => new Date("2026-02-03T04:05:06Z"),
      ...more,
    },
    new AbortController().signal,
  );
  const found = report.checks.find((one) => one.name === name);
  expect(report.ok).toBe(report.checks.every((one) => one.ok));
  return found;
}

describe("what the doctor looks at", () => {
  test("a root that does not exist yet is fine where it can be made", async () => {
    using directory = temporaryDirectory();
    expect(await check("root", `${directory.path}/a/b`)).toMatchObject({ ok: true, fix: "" });
  });

  test("a root that is a file or somebody else's is not", async () => {
    using directory = temporaryDirectory();
    writeFileSync(`${directory.path}/file`, "");
    expect(await check("root", `${directory.path}/file`)).toMatchObject({ ok: false });
    const stranger = { ...host, uid: host.uid + 1 };
    expect((await check("root", directory.path, {}, { host: stranger }))?.detail).toContain(
      `this is uid ${host.uid + 1}`,
    );
  });

  test("a key that others can read is not, and the fix says how to close it", async () => {
    using directory = temporaryDirectory();
    mkdirSync(`${directory.path}/system`);
    const key = `${directory.path}/system/db.key`;
    writeFileSync(key, "");
    chmodSync(key, 0o644);
    expect(await check("key file", directory.path)).toMatchObject({ ok: false, fix: `chmod 600 ${key}` });
    chmodSync(key, 0o600);
    expect(await check("key file", directory.path)).toMatchObject({ ok: true });
  });

  test("a store that does not open tells the store's own words; one that is not there yet is fine", async () => {
    using directory = temporaryDirectory();
    const openStore = async (): Promise<void> => {
      throw new TallymanError("StoreKeyWrong", "the key does not fit", { hint: "Bring the right one." });
    };
    expect(await check("store", directory.path, { openStore })).toMatchObject({ ok: true });
    mkdirSync(`${directory.path}/system`);
    writeFileSync(`${directory.path}/system/tallyman.db`, "");
    const wrong = { ok: false, detail: "the key does not fit", fix: "Bring the right one." };
    expect(await check("store", directory.path, { openStore })).toMatchObject(wrong);
    expect(await check("store", directory.path, { openStore }, { daemonRuns: true })).toMatchObject({ ok: true });
  });

  test("an Engine that is down or older than 20.10 is not fine", async () => {
    const unreachable = async (): Promise<never> => {
      throw new TallymanError("EngineUnreachable", "nothing listens", { hint: "Start Docker." });
    };
    expect(await check("engine", "/x", { engine: unreachable })).toMatchObject({ ok: false, fix: "Start Docker." });
    const version = async (text: string) =>
      check("engine", "/x", { engine: async () => ({ ...engineInfo, version: text }) });
    expect(await version("19.03.15")).toMatchObject({ ok: false });
    expect(await version("20.10.0")).toMatchObject({ ok: true });
    expect(await version("28.5.2+dfsg1")).toMatchObject({ ok: true });
  });

  test("a worker image that is not here yet is fine, with the way to make one", async () => {
    const found = await check("worker image", "/x", { hasImage: async () => false });
    expect(found).toMatchObject({ ok: true });
    expect(found?.fix).toContain("tallyman worker-image build");
  });

  test("git is only asked for, not required", async () => {
    const bare = { ...host, environment: { PATH: "/nonexistent" } };
    expect(await check("git", "/x", {}, { host: bare })).toMatchObject({ ok: true, fix: "apt-get install git" });
  });

  test("an address that somebody else holds is not fine, unless the daemon does", async () => {
    using server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
    const config = readConfig({ root: "/x", listen: `127.0.0.1:${server.port}` }, host);
    expect(await check("address", "/x", {}, { config })).toMatchObject({ ok: false });
    expect(await check("address", "/x", {}, { config, daemonRuns: true })).toMatchObject({ ok: true });
    expect(await check("address", "/x")).toMatchObject({ ok: true });
  });

  test("a clock before the build is wrong", async () => {
    const now = () => new Date("1970-01-02T00:00:00Z");
    expect(await check("clock", "/x", {}, { now })).toMatchObject({ ok: false });
    expect(await check("clock", "/x")).toMatchObject({ ok: true });
  });
});

describe("doctor", () => {
  test("works without a daemon and says so", async () => {
    using directory = temporaryDirectory();
    const argv = ["doctor", "--root", directory.path, "--listen", `127.0.0.1:${freePort()}`];
    const ended = await run(argv, { host });
    expect(ended.code).toBe(0);
    expect(ended.stderr).toBe(`no daemon runs for ${directory.path}; checking from here\n`);
    expect(ended.stdout).toContain("✓ ok  engine");
  });

  test("--json has the fields of the contract and exits 1 when something is wrong", async () => {
    using directory = temporaryDirectory();
    const engine = async (): Promise<never> => {
      throw new TallymanError("EngineUnreachable", "nothing listens");
    };
    const ended = await run(["doctor", "--json", "--root", directory.path], { host, doctor: { ...probes, engine } });
    expect(ended.code).toBe(1);
    const report = JSON.parse(ended.stdout);
    expect(report.ok).toBe(false);
    for (const one of report.checks) expect(Object.keys(one)).toEqual(["name", "ok", "detail", "fix"]);
  });

  test("prints what a running daemon found", async () => {
    const report = { ok: false, checks: [{ name: "store", ok: false, detail: "full", fix: "Make room." }] };
    await using daemon = fakeDaemon({ "GET /doctor": () => Response.json(report) });
    const ended = await run(["doctor", "--root", daemon.root]);
    expect(ended).toMatchObject({ code: 1, stderr: "" });
    expect(ended.stdout).toContain("✕ no  store  full\n");
    expect(ended.stdout).toContain("→ Make room.\n");
  });

  test("a daemon that refuses is an error; one that was named and is down exits 5", async () => {
    await using daemon = fakeDaemon({ "GET /doctor": () => failure(403, "Forbidden", "no", "") });
    expect((await run(["doctor", "--root", daemon.root])).code).toBe(1);
    expect((await run(["doctor", "--url", "http://127.0.0.1:9"])).code).toBe(5);
  });
});
