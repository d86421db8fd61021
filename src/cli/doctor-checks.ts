import { access, constants, stat } from "node:fs/promises";
import { createConnection } from "node:net";
import type { Config, Host } from "../config.ts";
import { asTallymanError } from "../error.ts";
import type { DoctorProbes } from "./tools.ts";

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do about it; "" when there is nothing to do. */
  readonly fix: string;
}

/** `doctor --json`. */
export interface DoctorReport {
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

export interface DoctorParts {
  readonly config: Config;
  readonly host: Host;
  readonly probes: DoctorProbes;
  /** A daemon of this root answers, or this is the daemon: it holds the store and the port. */
  readonly daemonRuns: boolean;
  /** RFC 3339: the clock cannot be right when it is before this build was made. */
  readonly builtAt: string;
  readonly now: () => Date;
}

const OLDEST_ENGINE = [20, 10] as const;

/** Every check on its own: one that fails never hides another. Changes nothing. */
export async function examine(parts: DoctorParts, signal: AbortSignal): Promise<DoctorReport> {
  const checks = await Promise.all([
    guarded("root", checkRoot(parts)),
    guarded("key file", checkKeyFile(parts)),
    guarded("store", checkStore(parts)),
    guarded("engine", checkEngine(parts, signal)),
    guarded("worker image", checkWorkerImage(parts, signal)),
    guarded("git", Promise.resolve(checkGit(parts))),
    guarded("address", checkAddress(parts)),
    guarded("clock", Promise.resolve(checkClock(parts))),
  ]);
  return { ok: checks.every((check) => check.ok), checks };
}

type Finding = Omit<Check, "name">;

async function guarded(name: string, finding: Promise<Finding>): Promise<Check> {
  try {
    return { name, ...(await finding) };
  } catch (thrown) {
    const error = asTallymanError(thrown);
    return { name, ok: false, detail: error.message, fix: error.hint };
  }
}

function fine(detail: string, fix = ""): Finding {
  return { ok: true, detail, fix };
}

function wrong(detail: string, fix: string): Finding {
  return { ok: false, detail, fix };
}

async function checkRoot({ config, host }: DoctorParts): Promise<Finding> {
  const found = await stat(config.root).catch(() => null);
  if (found === null) {
    const parent = await nearestExisting(config.root);
    return (await isWritable(parent))
      ? fine(`${config.root} does not exist yet; serve makes it`)
      : wrong(`${config.root} cannot be made: ${parent} is not writable`, "Name another folder with --root.");
  }
  if (!found.isDirectory()) return wrong(`${config.root} is not a folder`, "Name another one with --root.");
  if (found.uid !== host.uid) {
    return wrong(
      `${config.root} belongs to uid ${found.uid}, this is uid ${host.uid}`,
      `Run as that user, or: chown -R ${host.uid} ${config.root}`,
    );
  }
  return (await isWritable(config.root))
    ? fine(`${config.root} is ours and writable`)
    : wrong(`${config.root} is not writable`, "Mount it read-write, or name another folder with --root.");
}

async function nearestExisting(path: string): Promise<string> {
  const parent = path.slice(0, path.lastIndexOf("/")) || "/";
  return parent === "/" || (await stat(parent).catch(() => null)) ? parent : nearestExisting(parent);
}

async function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function checkKeyFile({ config }: DoctorParts): Promise<Finding> {
  const path = `${config.root}/system/db.key`;
  const found = await stat(path).catch(() => null);
  if (found === null) return fine(`${path} does not exist yet; serve makes it`);
  const mode = found.mode & 0o777;
  if ((mode & 0o077) === 0) return fine(`only its owner can read ${path}`);
  return wrong(`${path} can be read by others (mode ${mode.toString(8)})`, `chmod 600 ${path}`);
}

async function checkStore({ config, probes, daemonRuns }: DoctorParts): Promise<Finding> {
  if (daemonRuns) return fine("open in the running daemon");
  const path = `${config.root}/system/tallyman.db`;
  if ((await stat(path).catch(() => null)) === null) return fine(`${path} does not exist yet; serve makes it`);
  await probes.openStore(config);
  return fine(`${path} opens with its key`);
}

async function checkEngine({ config, probes }: DoctorParts, signal: AbortSignal): Promise<Finding> {
  const { version, apiVersion } = await probes.engine(config, signal);
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const known = `Docker Engine ${version}, API ${apiVersion}, at ${config.dockerHost}`;
  const recent = major > OLDEST_ENGINE[0] || (major === OLDEST_ENGINE[0] && minor >= OLDEST_ENGINE[1]);
  return recent ? fine(known) : wrong(known, `Update it: ${OLDEST_ENGINE.join(".")} is the oldest that works.`);
}

async function checkWorkerImage({ config, probes }: DoctorParts, signal: AbortSignal): Promise<Finding> {
  if (await probes.hasImage(config, config.workerImage, signal)) return fine(`${config.workerImage} is here`);
  return fine(
    `${config.workerImage} is not here yet; the first fetch pulls it`,
    "Without a registry: tallyman worker-image build, then serve with the --worker-image it names.",
  );
}

function checkGit({ host }: DoctorParts): Finding {
  const path = Bun.which("git", { PATH: host.environment["PATH"] ?? "" });
  return path === null
    ? fine("git is not installed; only demo and worker-image build need it", "apt-get install git")
    : fine(path);
}

async function checkAddress({ config, daemonRuns }: DoctorParts): Promise<Finding> {
  const { host, port } = config.listen;
  if (daemonRuns) return fine("the daemon is running");
  if (!(await answers(host, port))) return fine(`${host}:${port} is free`);
  return wrong(
    `${host}:${port} is taken by another program`,
    "Stop that program, or serve on another --listen address.",
  );
}

async function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: 2_000 });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
  });
}

function checkClock({ now, builtAt }: DoctorParts): Finding {
  const time = now();
  const built = Date.parse(builtAt);
  if (Number.isNaN(built) || time.getTime() >= built) return fine(time.toISOString());
  return wrong(`the clock says ${time.toISOString()}, before this program was built`, "Set the clock, best with NTP.");
}
