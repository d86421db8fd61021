import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import {
  engineCommand,
  engineEnvironment,
  ensureControlGroups,
  mountPoints,
  programPath,
  waitForEngine,
} from "../../.ci/engine-host.ts";

// A process of its own that owns one private Engine: it ends when its standard input does, so also after a kill -9 of the tests.
// Argument: the directory of everything. First line printed: `ready`, or `failed` and why. A line on its standard input starts dockerd
// anew where a test has ended it; another `ready` answers.

const directory = process.argv[2] ?? "";
const binaries = process.env["TALLYMAN_TEST_DOCKERD_PATH"];
const START_DEADLINE_MS = 60_000;
const START_ATTEMPTS = 4;
const STOP_DEADLINE_MS = 20_000;
const bridge = `tmt${process.pid}`.slice(0, 15);
const socketPath = `${directory}/docker.sock`;
const containerdSocket = `${directory}/containerd.sock`;

type Child = ReturnType<typeof spawn>;

function spawn(argv: readonly string[], logName: string) {
  const log = openSync(`${directory}/${logName}.log`, "a");
  const environment = engineEnvironment();
  if (binaries !== undefined) environment["PATH"] = `${binaries}:${environment["PATH"] ?? ""}`;
  const child = Bun.spawn([...argv], {
    env: environment,
    stdio: ["ignore", log, log],
    detached: true,
    cwd: "/",
  });
  closeSync(log);
  return child;
}

function program(name: string): string {
  const found = binaries === undefined ? null : Bun.which(name, { PATH: binaries });
  return found ?? programPath(name) ?? name;
}

function ip(...words: readonly string[]): boolean {
  return Bun.spawnSync([program("ip"), ...words], { stdout: "ignore", stderr: "ignore" }).success;
}

/** A /16 of its own for every Engine on this machine, told apart by the process id; the bridge takes the first /24. */
function subnet(attempt: number): string {
  return `10.${16 + ((process.pid * 7 + attempt) % 230)}`;
}

function makeBridge(): string {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const prefix = subnet(attempt);
    const routes = Bun.spawnSync([program("ip"), "-o", "addr"]).stdout.toString();
    if (routes.includes(` ${prefix}.`)) continue;
    if (!ip("link", "add", "name", bridge, "type", "bridge")) throw new Error("no bridge can be made (ip link add)");
    ip("addr", "add", `${prefix}.0.1/24`, "dev", bridge);
    ip("link", "set", bridge, "up");
    return prefix;
  }
  throw new Error("no free subnet for a bridge");
}

interface Running {
  dockerd: Child;
  readonly containerd: Child | null;
  readonly argv: readonly string[];
}

async function start(): Promise<Running> {
  ensureControlGroups();
  const prefix = makeBridge();
  const containerd = startContainerd();
  // Without rules of its own: another Engine's must survive a start of this one, and published ports work through the proxy as well.
  const argv = [program("dockerd"), "--host", `unix://${socketPath}`, "--insecure-registry", "127.0.0.0/8"]
    .concat(["--data-root", `${directory}/data`, "--exec-root", `${directory}/run`, "--pidfile", `${directory}/pid`])
    .concat(["--bridge", bridge, "--default-address-pool", `base=${prefix}.0.0/16,size=24`])
    .concat(["--iptables=false", "--shutdown-timeout", "3", "--config-file", `${directory}/daemon.json`])
    .concat(containerd === null ? [] : ["--containerd", containerdSocket]);
  const running: Running = { dockerd: spawn(engineCommand(argv), "dockerd"), containerd, argv };
  await answering(running);
  return running;
}

async function answering(running: Running): Promise<void> {
  const alive = (): boolean => childrenOf(running).every((child) => child.exitCode === null);
  if (await waitForEngine(socketPath, START_DEADLINE_MS, alive)) return;
  await end(childrenOf(running));
  throw new Error(`the private Engine did not start: ${logEnd()}`);
}

/** Whoever asks has ended dockerd by its pid: it has to be gone before the next one may have its data. */
async function startAgain(running: Running): Promise<void> {
  await running.dockerd.exited;
  await containerdGone();
  running.dockerd = spawn(engineCommand(running.argv), "dockerd");
  await answering(running);
}

/** A killed dockerd takes its containerd along; the next one would wait in vain for a process that is only not buried yet. */
async function containerdGone(): Promise<void> {
  const pidFile = `${directory}/run/containerd/containerd.pid`;
  if (!existsSync(pidFile)) return;
  const status = `/proc/${readFileSync(pidFile, "utf8").trim()}/status`;
  const lives = (): boolean => existsSync(status) && !/^State:\s+[ZX]/m.test(readFileSync(status, "utf8"));
  for (const end = performance.now() + STOP_DEADLINE_MS; lives() && performance.now() < end; ) await Bun.sleep(20);
  rmSync(pidFile, { force: true });
}

function childrenOf({ dockerd, containerd }: Running): readonly Child[] {
  return containerd === null ? [dockerd] : [dockerd, containerd];
}

/** Two Engines that start at once in one network namespace trip over each other's firewall rules; a moment later it works. */
async function startPatiently(): Promise<Running> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (thrown) {
      removeBridge(bridge);
      if (attempt === START_ATTEMPTS) throw thrown;
      await Bun.sleep(500 * attempt + (process.pid % 500));
    }
  }
}

/** Dockerd brings its own containerd, except where the machine's runs: that one it would take, and share with another Engine. */
function startContainerd(): Child | null {
  if (!existsSync("/run/containerd/containerd.sock")) return null;
  writeFileSync(`${directory}/containerd.toml`, 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n');
  const argv = [program("containerd"), "--config", `${directory}/containerd.toml`, "--address", containerdSocket];
  return spawn(
    argv.concat(["--root", `${directory}/containerd`, "--state", `${directory}/containerd-run`]),
    "containerd",
  );
}

function logEnd(): string {
  const lines = readFileSync(`${directory}/dockerd.log`, "utf8").trim().split("\n");
  return lines.slice(-4).join(" | ");
}

async function end(children: readonly Child[]): Promise<void> {
  for (const child of children) {
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), STOP_DEADLINE_MS);
    await child.exited;
    clearTimeout(late);
  }
}

function removeEverything(): void {
  for (const name of [bridge, ...leftBridges]) removeBridge(name);
  const mounts = mountPoints().filter((mount) => mount.path.startsWith(`${directory}/`));
  for (const mount of [...mounts].reverse()) Bun.spawnSync(["umount", "-l", mount.path], { stderr: "ignore" });
  rmSync(directory, { recursive: true, force: true });
}

function removeBridge(name: string): void {
  ip("link", "del", name);
  removeRules(name);
}

/** What dockerd leaves of a bridge in the firewall of a network namespace that lives on. */
function removeRules(bridgeName: string): void {
  for (const table of ["filter", "nat"]) {
    const iptables = [program("iptables"), "--wait", "--table", table];
    const rules = Bun.spawnSync([...iptables, "--list-rules"], { stderr: "ignore" })
      .stdout.toString()
      .split("\n");
    for (const rule of rules.filter((one) => one.startsWith("-A ") && one.split(" ").includes(bridgeName))) {
      Bun.spawnSync([...iptables, "-D", ...rule.split(" ").slice(1)], { stderr: "ignore" });
    }
  }
}

/** Networks that tests left in the Engine live on as bridges of the host. */
const leftBridges: string[] = [];

/** Kills what still runs, so that the Engine need not wait for it, and notes the bridges that will be left. */
async function clear(): Promise<void> {
  try {
    const containers = await ask<readonly { readonly Id: string }[]>("/containers/json");
    await Promise.all(containers.map(({ Id }) => engine(`/containers/${Id}/kill`, "POST")));
    const networks = await ask<readonly { readonly Id: string; readonly Driver: string }[]>("/networks");
    for (const network of networks) if (network.Driver === "bridge") leftBridges.push(`br-${network.Id.slice(0, 12)}`);
  } catch {
    // The Engine is gone already; nothing to clear.
  }
}

async function ask<T>(path: string): Promise<T> {
  return (await (await engine(path, "GET")).json()) as T;
}

function engine(path: string, method: string): Promise<Response> {
  return fetch(`http://engine${path}`, { unix: socketPath, method, signal: AbortSignal.timeout(10_000) });
}

async function main(): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${directory}/daemon.json`, "{}\n");
  let running: Running;
  try {
    running = await startPatiently();
  } catch (thrown) {
    console.log(`failed ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    removeEverything();
    return;
  }
  console.log("ready");
  for await (const _ of Bun.stdin.stream()) {
    console.log(await startAgain(running).then(() => "ready", String));
  }
  await clear();
  await end(childrenOf(running));
  removeEverything();
}

await main();
process.exit(0);
