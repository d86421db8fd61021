import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import {
  engineAnswers,
  engineCommand,
  engineEnvironment,
  ensureControlGroups,
  programPath,
  waitForEngine,
} from "./engine-host.ts";

/** A Debian package and the program by which its presence is told. */
interface Want {
  readonly packageName: string;
  readonly program: string;
}

const ENGINE_SOCKET = "/var/run/docker.sock";
const ENGINE_LOG = "/var/log/tallyman-dockerd.log";
const INSTALL_DEADLINE_S = 600;
const START_DEADLINE_MS = 60_000;

const TOOLS: readonly Want[] = [
  { packageName: "git", program: "git" },
  { packageName: "openssh-client", program: "ssh" },
  { packageName: "busybox-static", program: "busybox" },
  { packageName: "ca-certificates", program: "update-ca-certificates" },
];
const ENGINE: readonly Want[] = [
  { packageName: "docker.io", program: "dockerd" },
  { packageName: "iptables", program: "iptables" },
];
const TESTS: readonly Want[] = [
  { packageName: "openssh-server", program: "sshd" },
  { packageName: "chromium", program: "chromium" },
  { packageName: "docker-registry", program: "docker-registry" },
  { packageName: "iproute2", program: "ip" },
];
/** Services that a test run installs for their programs only; they must not begin to listen on somebody's machine. */
const UNWANTED_SERVICES = ["ssh.service", "docker-registry.service"];

const systemd = existsSync("/run/systemd/system");

/** Installs what is missing. Without the right or the means to do so it throws one sentence that says what to install. */
async function install(wants: readonly Want[]): Promise<void> {
  const missing = wants.filter((want) => programPath(want.program) === null).map((want) => want.packageName);
  if (missing.length === 0) return;
  if (!isDebian() || process.getuid?.() !== 0) {
    throw new Error(
      `Missing here: ${missing.join(", ")} (names of Debian's packages). Please install them and try again.`,
    );
  }
  console.log(`Installing ${missing.join(", ")} …`);
  const quieted = systemd ? UNWANTED_SERVICES.filter((name) => missing.includes(serviceOwner(name))) : [];
  if (quieted.length > 0) await run(["systemctl", "mask", "--runtime", ...quieted]);
  const options = ["-qq", "-y", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Use-Pty=0"];
  await run(["apt-get", ...options, "update"]);
  await run(["apt-get", ...options, "install", "--no-install-recommends", ...missing]);
  if (quieted.length > 0) {
    await run(["systemctl", "unmask", "--runtime", ...quieted]);
    await run(["systemctl", "disable", ...quieted]);
  }
}

function serviceOwner(serviceUnit: string): string {
  return serviceUnit === "ssh.service" ? "openssh-server" : "docker-registry";
}

function isDebian(): boolean {
  if (programPath("apt-get") === null || !existsSync("/etc/os-release")) return false;
  return /^ID(_LIKE)?=.*debian/m.test(readFileSync("/etc/os-release", "utf8"));
}

async function run(argv: readonly string[]): Promise<void> {
  // RUNLEVEL=1 keeps package scripts from starting services where no service manager would look after them.
  const env = { ...engineEnvironment(), DEBIAN_FRONTEND: "noninteractive", ...(systemd ? {} : { RUNLEVEL: "1" }) };
  const child = Bun.spawn(["timeout", `${INSTALL_DEADLINE_S}`, ...argv], {
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code === 0) return;
  const tail = `${output}\n${errors}`.trim().split("\n").slice(-15).join("\n");
  throw new Error(`\`${argv.join(" ")}\` ended with code ${code}:\n${tail}`);
}

/** An Engine for the demo: the one that runs, else the service manager's, else one started by hand that outlives this process. */
async function startEngine(): Promise<void> {
  if (await engineAnswers(ENGINE_SOCKET)) return;
  if (process.getuid?.() !== 0)
    throw new Error(`No Docker Engine answers on ${ENGINE_SOCKET}. Please start it and try again.`);
  if (systemd) {
    await run(["systemctl", "start", "docker.service"]);
    if (await waitForEngine(ENGINE_SOCKET, START_DEADLINE_MS, () => true)) return;
    throw new Error("The Docker Engine was started but does not answer; `journalctl -u docker` says why.");
  }
  ensureControlGroups();
  mkdirSync("/var/log", { recursive: true });
  const log = openSync(ENGINE_LOG, "a", 0o600);
  const child = Bun.spawn(engineCommand([programPath("dockerd") ?? "dockerd"]), {
    env: engineEnvironment(),
    stdio: ["ignore", log, log],
    detached: true,
    cwd: "/",
  });
  closeSync(log);
  child.unref();
  if (await waitForEngine(ENGINE_SOCKET, START_DEADLINE_MS, () => child.exitCode === null)) {
    console.log(`Started the Docker Engine (pid ${child.pid}, log ${ENGINE_LOG}).`);
    return;
  }
  const tail = readFileSync(ENGINE_LOG, "utf8").trim().split("\n").slice(-5).join("\n");
  throw new Error(`The Docker Engine did not start; the end of ${ENGINE_LOG}:\n${tail}`);
}

/**
 * `engine`: what the demo needs, and an Engine that answers. `tests`: what the suite needs; starts nothing, since the suite runs
 * an Engine of its own. A running Engine is never touched.
 */
export async function prepareHost(parts: readonly string[]): Promise<void> {
  const forTests = parts.includes("tests");
  const foreign = process.env[forTests ? "TALLYMAN_TEST_DOCKER_HOST" : "DOCKER_HOST"] !== undefined;
  const needsEngine = !foreign && (forTests || !(await engineAnswers(ENGINE_SOCKET)));
  await install([...TOOLS, ...(needsEngine ? ENGINE : []), ...(forTests ? TESTS : [])]);
  if (parts.includes("engine") && process.env["DOCKER_HOST"] === undefined) await startEngine();
}

if (import.meta.main) {
  try {
    await prepareHost(process.argv.slice(2));
  } catch (thrown) {
    console.error(thrown instanceof Error ? thrown.message : String(thrown));
    process.exit(1);
  }
}
