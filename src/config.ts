import { resolve } from "node:path";
import { asTallymanError, TallymanError } from "./error.ts";
import { durationMs } from "./quantity.ts";

/** What the process was started with, as far as the configuration may depend on it. */
export interface Host {
  readonly environment: Readonly<Record<string, string>>;
  readonly uid: number;
  readonly cwd: string;
}

export interface Config {
  /** Absolute: everything that Tallyman keeps lives below it. */
  readonly root: string;
  readonly listen: { readonly host: string; readonly port: number };
  /** Plain HTTP may be served on an address that others can reach. */
  readonly insecureHttp: boolean;
  /** Names by which a proxy before us is asked, lowercase. */
  readonly hostNames: readonly string[];
  /** `unix:///…` or `tcp://…`. */
  readonly dockerHost: string;
  readonly workerImage: string;
  readonly workerNetwork: "bridge" | "host";
  /** How often a new stack is polled unless it says otherwise. */
  readonly intervalMs: number;
  /** Absolute folder whose subfolders with a Compose file are stacks; null: there is none. */
  readonly appsDir: string | null;
  /** Deployments that change the host at the same time. */
  readonly concurrency: number;
  /** Releases of a stack whose files and images stay for the way back. */
  readonly keepReleases: number;
  /** A daemon elsewhere; null means the unix socket below `root`. */
  readonly url: string | null;
  readonly token: string | null;
}

/** Flags as given on the command line, by the name in `SETTINGS`; a missing one falls back to its variable, then to its default. */
export type Flags = { readonly [Name in SettingName]?: string | boolean | undefined };

export interface Setting {
  readonly flag: string;
  readonly variable: string;
  /** Everybody's name for it; read after ours. */
  readonly commonVariable?: string;
  readonly about: string;
  /** In words, for the help text. */
  readonly fallback: string;
}

export type SettingName =
  | "root"
  | "listen"
  | "insecureHttp"
  | "hostName"
  | "dockerHost"
  | "workerImage"
  | "workerNetwork"
  | "interval"
  | "appsDir"
  | "concurrency"
  | "keepReleases"
  | "url"
  | "token";

/** Every setting once: the flags, the variables, the help and `readConfig` are made from this table. */
export const SETTINGS: Readonly<Record<SettingName, Setting>> = {
  root: {
    flag: "--root <dir>",
    variable: "TALLYMAN_ROOT",
    about: "folder that holds everything Tallyman keeps",
    fallback: "/opt/tallyman as root, else ~/.local/share/tallyman",
  },
  listen: {
    flag: "--listen <host:port>",
    variable: "TALLYMAN_LISTEN",
    about: "address of the page and the API",
    fallback: "127.0.0.1:7411",
  },
  insecureHttp: {
    flag: "--insecure-http",
    variable: "TALLYMAN_INSECURE_HTTP",
    about: "allow plain HTTP on an address that others can reach",
    fallback: "no",
  },
  hostName: {
    flag: "--host-name <name>",
    variable: "TALLYMAN_HOST_NAME",
    about: "name by which a TLS proxy before the page is asked; several with commas",
    fallback: "none",
  },
  dockerHost: {
    flag: "--docker-host <url>",
    variable: "TALLYMAN_DOCKER_HOST",
    commonVariable: "DOCKER_HOST",
    about: "the Engine: unix:///path or tcp://host:port",
    fallback: "unix:///var/run/docker.sock",
  },
  workerImage: {
    flag: "--worker-image <image>",
    variable: "TALLYMAN_WORKER_IMAGE",
    about: "image with git and ssh in which repositories are fetched",
    fallback: "alpine/git:latest",
  },
  workerNetwork: {
    flag: "--worker-network <bridge|host>",
    variable: "TALLYMAN_WORKER_NETWORK",
    about: "network of the workers; host reaches a git server on this host's loopback",
    fallback: "bridge",
  },
  interval: {
    flag: "--interval <duration>",
    variable: "TALLYMAN_INTERVAL",
    about: "how often a stack is polled unless it says otherwise",
    fallback: "60s",
  },
  appsDir: {
    flag: "--apps-dir <dir>",
    variable: "TALLYMAN_APPS_DIR",
    about: "folder whose subfolders with a Compose file are stacks too",
    fallback: "none",
  },
  concurrency: {
    flag: "--concurrency <n>",
    variable: "TALLYMAN_CONCURRENCY",
    about: "deployments that change the host at the same time",
    fallback: "3",
  },
  keepReleases: {
    flag: "--keep-releases <n>",
    variable: "TALLYMAN_KEEP_RELEASES",
    about: "releases of a stack whose files and images stay for the way back",
    fallback: "5",
  },
  url: {
    flag: "--url <url>",
    variable: "TALLYMAN_URL",
    about: "a daemon elsewhere, instead of the socket below --root",
    fallback: "the socket",
  },
  token: {
    flag: "--token <token>",
    variable: "TALLYMAN_TOKEN",
    about: "API token for --url; no daemon gives one out yet (the variable keeps it out of the process list)",
    fallback: "none",
  },
};

/** The image that `worker-image build` and `demo` make from the host's own git and ssh. */
export const LOCAL_WORKER_IMAGE = "tallyman-worker:1";

/** The only reader of the process environment. BUN_* is left out: it would steer our children's runtime. */
export function thisHost(): Host {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !name.startsWith("BUN_")) environment[name] = value;
  }
  return { environment, uid: process.getuid?.() ?? 0, cwd: process.cwd() };
}

/** A daemon that mostly waits gains nothing from compiled JavaScript, which takes 20 MB and memory that is both writable and executable. */
const WITHOUT_COMPILERS = { BUN_JSC_useJIT: "0" };
/** What ends within a moment gains nothing from optimised code: making it takes more than half of such a command's processor time. */
const WITHOUT_OPTIMISER = {
  BUN_JSC_useDFGJIT: "0",
  BUN_JSC_thresholdForJITAfterWarmUp: "4000",
  BUN_JSC_thresholdForJITSoon: "1000",
};

/**
 * The environment in which this program runs again with the compilers that suit the command; null when they suit already.
 * JavaScriptCore reads its options from there alone, before the first line of ours.
 */
export function environmentFor(argv: readonly string[]): Record<string, string | undefined> | null {
  const isBrief = argv[0] === "compose";
  if (!isBrief && !argv.includes("serve") && !argv.includes("demo")) return null;
  const options = isBrief ? WITHOUT_OPTIMISER : WITHOUT_COMPILERS;
  const decided = Object.keys(options).some((name) => process.env[name] !== undefined);
  return decided ? null : { ...process.env, ...options };
}

/** Folder of Docker's own `config.json`, where `docker login` keeps logins. Source: docker/cli, DOCKER_CONFIG. */
export function dockerConfigFolder({ environment, uid, cwd }: Host): string {
  const named = environment["DOCKER_CONFIG"];
  if (named) return resolve(cwd, named);
  return `${environment["HOME"] || (uid === 0 ? "/root" : "/nonexistent")}/.docker`;
}

export interface ReadOptions {
  /** Replaces single defaults, as the demo does. */
  readonly defaults?: Flags;
  /** Reads and checks these alone: what a command does not use cannot stop it. The others get their default, the root an empty text. */
  readonly only?: readonly SettingName[];
}

/** Flag, else environment variable, else default. An empty variable counts as unset. Throws InvalidInput that names flag and variable. */
export function readConfig(flags: Flags, host: Host, { defaults = {}, only }: ReadOptions = {}): Config {
  const isUsed = (name: SettingName): boolean => only === undefined || only.includes(name);
  const read = (name: SettingName): string | null =>
    isUsed(name) ? (text(flags[name]) ?? fromEnvironment(name, host) ?? text(defaults[name])) : null;
  // Who names a root on the command line means the daemon there, whatever the environment says of another.
  const url = flags.root !== undefined && flags.url === undefined ? null : read("url");
  return {
    root: isUsed("root") ? resolve(host.cwd, read("root") ?? defaultRoot(host)) : "",
    listen: parseListen(read("listen") ?? SETTINGS.listen.fallback),
    insecureHttp: /^(1|true|yes|on)$/i.test(read("insecureHttp") ?? ""),
    hostNames: parseHostNames(read("hostName") ?? ""),
    dockerHost: parseDockerHost(read("dockerHost") ?? SETTINGS.dockerHost.fallback),
    workerImage: read("workerImage") ?? SETTINGS.workerImage.fallback,
    workerNetwork: parseNetwork(read("workerNetwork") ?? SETTINGS.workerNetwork.fallback),
    intervalMs: intervalIn(read("interval") ?? SETTINGS.interval.fallback),
    appsDir: absolute(read("appsDir"), host),
    concurrency: parseCount("concurrency", read("concurrency"), 1, 100),
    keepReleases: parseCount("keepReleases", read("keepReleases"), 1, 1_000),
    url: parseUrl(url),
    token: read("token"),
  };
}

/** Milliseconds of `60s`, `5m`, …; between 5 s and 7 days. Throws InvalidInput. */
export function parseInterval(value: string): number {
  const ms = durationMs(value);
  if (ms >= 5_000 && ms <= 7 * 86_400_000) return ms;
  throw new TallymanError("InvalidInput", `interval ${value} is not between 5s and 7d`, {
    hint: "Write it like 30s, 5m or 1h.",
  });
}

function intervalIn(value: string): number {
  try {
    return parseInterval(value);
  } catch (thrown) {
    const { message, hint } = asTallymanError(thrown);
    throw new TallymanError("InvalidInput", `${named("interval")}: ${message}`, { hint, cause: thrown });
  }
}

function fromEnvironment(name: SettingName, { environment }: Host): string | null {
  const { variable, commonVariable } = SETTINGS[name];
  return text(environment[variable]) ?? (commonVariable === undefined ? null : text(environment[commonVariable]));
}

function text(value: string | boolean | undefined): string | null {
  return value === undefined || value === "" || value === false ? null : String(value);
}

function named(name: SettingName): string {
  return `${SETTINGS[name].flag.split(" ")[0]} (${showVariables(SETTINGS[name])})`;
}

/** `TALLYMAN_ROOT`, or `TALLYMAN_DOCKER_HOST or DOCKER_HOST`. */
export function showVariables({ variable, commonVariable }: Setting): string {
  return commonVariable === undefined ? variable : `${variable} or ${commonVariable}`;
}

function defaultRoot(host: Host): string {
  if (host.uid === 0) return "/opt/tallyman";
  const home = host.environment["HOME"];
  if (home) return `${home}/.local/share/tallyman`;
  throw new TallymanError("InvalidInput", "HOME is not set, so there is no default root", {
    hint: "Name the folder with --root DIR or TALLYMAN_ROOT.",
  });
}

function absolute(path: string | null, { cwd }: Host): string | null {
  return path === null ? null : resolve(cwd, path);
}

function parseCount(name: "concurrency" | "keepReleases", text: string | null, least: number, most: number): number {
  const value = text ?? SETTINGS[name].fallback;
  const count = Number(value);
  if (/^\d+$/.test(value) && count >= least && count <= most) return count;
  throw new TallymanError("InvalidInput", `${named(name)} is not a whole number from ${least} to ${most}: "${value}"`);
}

function parseListen(value: string): Config["listen"] {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(value);
  const port = Number(match?.[3]);
  if (match && port <= 65_535) return { host: match[1] ?? match[2] ?? "", port };
  throw new TallymanError("InvalidInput", `${named("listen")} is not HOST:PORT: "${value}"`, {
    hint: "Write it like 127.0.0.1:7411 or [::1]:7411.",
  });
}

function parseHostNames(value: string): readonly string[] {
  const names = value
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
  const odd = names.find((name) => !/^[a-z0-9._-]+$/.test(name));
  if (odd === undefined) return names;
  throw new TallymanError("InvalidInput", `${named("hostName")} is no host name: "${odd}"`, {
    hint: "Write it like tally.example, without scheme and port.",
  });
}

function parseDockerHost(value: string): string {
  if (value.startsWith("/")) return `unix://${value}`;
  if (/^unix:\/\/\/.+|^tcp:\/\/[^/]+:\d+\/?$/.test(value)) return value;
  throw new TallymanError(
    "InvalidInput",
    `${named("dockerHost")} is neither unix:///path nor tcp://host:port: "${value}"`,
    {
      hint: "For the Engine of this host leave it out, or write unix:///var/run/docker.sock.",
    },
  );
}

function parseNetwork(value: string): Config["workerNetwork"] {
  if (value === "bridge" || value === "host") return value;
  throw new TallymanError("InvalidInput", `${named("workerNetwork")} is neither bridge nor host: "${value}"`);
}

function parseUrl(value: string | null): string | null {
  if (value === null) return null;
  if (/^https?:\/\//.test(value) && URL.canParse(value)) return value.replace(/\/+$/, "");
  throw new TallymanError("InvalidInput", `${named("url")} is not an http or https URL: "${value}"`);
}
