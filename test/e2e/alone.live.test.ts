import { expect, test } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandResult, command } from "../support/command.ts";
import { testEngine } from "../support/engine.ts";
import { busyboxImage } from "../support/images.ts";
import { oneService } from "../support/sample-stack.ts";
import { freePort, temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/waiting.ts";

// The compiled file and nothing else: no node_modules, no repository, no environment of the tests.

const binary = process.env["TALLYMAN_TEST_BINARY"] ?? join(import.meta.dir, "../../dist/tallyman");

function place(directory: string): (words: readonly string[]) => Promise<CommandResult> {
  copyFileSync(binary, join(directory, "tallyman"));
  chmodSync(join(directory, "tallyman"), 0o755);
  mkdirSync(join(directory, "home"));
  const env = {
    ...Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined])),
    HOME: join(directory, "home"),
    PATH: "/usr/bin:/bin",
  };
  return (words) => command(["./tallyman", ...words], { cwd: directory, env, deadlineMs: 60_000 });
}

test("version, compose config and doctor work", async () => {
  using directory = temporaryDirectory("alone");
  const run = place(directory.path);
  const version = await run(["version", "--json"]);
  expect(JSON.parse(version.stdout)).toMatchObject({
    target: expect.stringContaining("linux"),
    bun: expect.any(String),
  });
  writeFileSync(join(directory.path, "compose.yaml"), oneService("1"));
  const config = await run(["compose", "config", "-f", "compose.yaml"]);
  expect(config).toMatchObject({ code: 0, stdout: expect.stringContaining("VERSION") });
  const engine = await testEngine();
  const doctor = await run([
    "doctor",
    "--json",
    "--root",
    join(directory.path, "root"),
    "--docker-host",
    engine.dockerHost,
  ]);
  expect(JSON.parse(doctor.stdout)).toMatchObject({ checks: expect.any(Array) });
}, 120_000);

test("a .env and a bunfig of the working directory steer nothing", async () => {
  using directory = temporaryDirectory("alone");
  const run = place(directory.path);
  writeFileSync(join(directory.path, ".env"), "TALLYMAN_URL=http://127.0.0.1:1\nTALLYMAN_ROOT=/nonexistent\n");
  writeFileSync(join(directory.path, "bunfig.toml"), 'preload = ["./evil.ts"]\n');
  writeFileSync(join(directory.path, "evil.ts"), 'require("node:fs").writeFileSync("ran", "yes");\n');
  expect((await run(["version"])).code).toBe(0);
  const status = await run(["status", "--root", join(directory.path, "root")]);
  expect(status.code).toBe(5);
  expect(status.stderr).toContain("system/tallyman.sock");
  expect(await Bun.file(join(directory.path, "ran")).exists()).toBe(false);
}, 60_000);

test("compose up runs, plan right after it is empty, down removes", async () => {
  using directory = temporaryDirectory("alone");
  const run = place(directory.path);
  const engine = await testEngine();
  await busyboxImage(engine);
  writeFileSync(join(directory.path, "compose.yaml"), oneService("1"));
  const on = ["-f", "compose.yaml", "-p", "alone", "--docker-host", engine.dockerHost];
  expect(await run(["compose", "plan", ...on])).toMatchObject({ code: 4 });
  expect(await run(["compose", "up", "--wait", ...on])).toMatchObject({ code: 0 });
  expect(await run(["compose", "plan", ...on])).toMatchObject({ code: 0 });
  expect(await run(["compose", "ps", ...on])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("alone-web-1"),
  });
  expect(await run(["compose", "down", ...on])).toMatchObject({ code: 0 });
  expect((await run(["compose", "ps", "--json", ...on])).stdout).not.toContain("alone-web-1");
}, 120_000);

test("serve answers, and nothing in its memory is both writable and executable", async () => {
  using directory = temporaryDirectory("alone");
  place(directory.path);
  const engine = await testEngine();
  const port = freePort();
  const flags = [
    "--root",
    join(directory.path, "root"),
    "--listen",
    `127.0.0.1:${port}`,
    "--docker-host",
    engine.dockerHost,
  ];
  const child = Bun.spawn(["./tallyman", "serve", ...flags], {
    cwd: directory.path,
    env: { PATH: "/usr/bin:/bin" },
    stdio: ["ignore", "ignore", "ignore"],
  });
  try {
    await until("it answers", async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok, 30_000);
    expect(readFileSync(`/proc/${child.pid}/maps`, "utf8")).not.toMatch(/ rwx/);
  } finally {
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
  }
}, 60_000);
