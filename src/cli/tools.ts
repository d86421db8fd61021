import type { Config, Host } from "../config.ts";
import type { ServiceVerdict } from "../deployment.ts";
import type { EngineInfo } from "../engine.ts";
import type { ObservedContainer } from "../observed-state.ts";
import type { Operation, Plan } from "../plan.ts";
import type { Project } from "../project.ts";
import type { LoadRequest } from "../project-files.ts";

/** Everything the command line needs from outside; main fulfils it, tests replace it. */
export interface Tools {
  readonly host: Host;
  readonly build: BuildInfo;
  readonly stdout: Output;
  readonly stderr: Output;
  /** All of standard input as text; for secrets that must not appear in arguments. */
  readonly readStdin: () => Promise<string>;
  readonly now: () => Date;
  /** Aborts when the person asks the process to end. */
  readonly signal: AbortSignal;
  /** Runs the daemon until the signal aborts. */
  readonly serve: (config: Config, signal: AbortSignal) => Promise<void>;
  /** `serve`, after the sample was made ready. */
  readonly demo: (config: Config, signal: AbortSignal) => Promise<void>;
  readonly compose: ComposeTools;
  /** Makes an image with the host's own git and ssh under the given name; returns its id. */
  readonly buildWorkerImage: (config: Config, image: string, signal: AbortSignal) => Promise<string>;
  readonly doctor: DoctorProbes;
}

/** One of the two streams a person reads. */
export interface Output {
  readonly write: (text: string) => void;
  /** Resolves once its reader has taken what was written: whoever writes without end waits for that. */
  readonly drained?: () => Promise<void>;
  readonly isTerminal: boolean;
  /** Width of the terminal in characters, when it is one. */
  readonly columns?: number | undefined;
}

/** `version --json`. */
export interface BuildInfo {
  readonly version: string;
  readonly commit: string;
  /** RFC 3339 UTC. */
  readonly builtAt: string;
  readonly bun: string;
  /** `linux-x64`, `linux-arm64`. */
  readonly target: string;
}

/** The Compose engine alone: no daemon, no store. */
export interface ComposeTools {
  /** Reads the files of the host. Throws ComposeFileMissing, ComposeInvalid, ComposeUnsupported, VariableMissing. */
  readonly load: (request: LoadRequest) => Promise<Project>;
  /** As `docker compose config` prints it. */
  readonly render: (project: Project, format: "yaml" | "json") => Promise<string>;
  /** As `docker compose config --no-interpolate` prints it. Throws as `load` does. */
  readonly renderModel: (request: LoadRequest, format: "yaml" | "json") => Promise<Rendered>;
  /** As `docker compose config --variables` prints them. Throws as `load` does. */
  readonly variables: (request: LoadRequest, format: "yaml" | "json" | "table") => Promise<Rendered>;
  /** The variables that templates see, as sorted `NAME=value` lines. */
  readonly environment: (request: LoadRequest) => Promise<readonly string[]>;
  readonly plan: (
    config: Config,
    project: Project,
    options: UpOptions,
    onEvent: OnComposeEvent,
    signal: AbortSignal,
  ) => Promise<Plan>;
  /** The verdict of every service when `waitMs` is given, else none. */
  readonly up: (
    config: Config,
    project: Project,
    options: UpOptions,
    onEvent: OnComposeEvent,
    signal: AbortSignal,
  ) => Promise<readonly ServiceVerdict[]>;
  /** Of a project of which only the name is given, everything goes that its labels tell. Gives what was done. */
  readonly down: (
    config: Config,
    project: Project | string,
    options: DownOptions,
    onEvent: OnComposeEvent,
    signal: AbortSignal,
  ) => Promise<Plan>;
  readonly ps: (config: Config, projectName: string, signal: AbortSignal) => Promise<readonly ObservedContainer[]>;
}

/** Text for stdout, and what the person should know. */
export interface Rendered {
  readonly text: string;
  readonly warnings: readonly string[];
}

export interface UpOptions {
  /** False: create, but do not start. */
  readonly start: boolean;
  readonly removeOrphans: boolean;
  /** Say nothing of them either. */
  readonly ignoreOrphans?: boolean;
  /** Build what can be built, though an image is here. */
  readonly build: boolean;
  /** Containers that are there: make anew what changed, everything, or nothing. */
  readonly recreate: "changed" | "always" | "never";
  /** The services that were named: `always` means them. Absent: all. */
  readonly serviceNames?: readonly string[];
  /** What the named ones depend on is made anew though nothing changed. */
  readonly recreateDependencies?: boolean;
  /** Anonymous volumes are not carried over; what is meant is made anew. */
  readonly renewVolumes?: boolean;
  /** Seconds that a container has to stop, instead of its own. */
  readonly graceSeconds?: number;
  /** Wait until every service is running or healthy, at most this long; null does not wait. */
  readonly waitMs: number | null;
}

export interface DownOptions {
  readonly volumes: boolean;
  readonly removeOrphans: boolean;
  /** Seconds that a container has to stop, instead of its own. */
  readonly graceSeconds?: number;
  /** No more than these and what depends on them. Absent: all. */
  readonly serviceNames?: readonly string[];
  /** Images that nothing else needs go too: those built here, or all that the services run. */
  readonly images?: "local" | "all";
}

export type ComposeEvent =
  | {
      readonly type: "operation";
      readonly operation: Operation;
      readonly status: "running" | "done" | "failed";
      readonly durationMs: number;
    }
  | { readonly type: "pull-progress"; readonly image: string; readonly text: string }
  | { readonly type: "build-progress"; readonly image: string; readonly text: string }
  /** What is being waited for. */
  | { readonly type: "wait"; readonly text: string }
  | { readonly type: "warning"; readonly message: string };

export type OnComposeEvent = (event: ComposeEvent) => void;

/** The questions of `doctor` that only other folders can answer. */
export interface DoctorProbes {
  /** Throws EngineUnreachable or EngineTimeout. */
  readonly engine: (config: Config, signal: AbortSignal) => Promise<EngineInfo>;
  readonly hasImage: (config: Config, image: string, signal: AbortSignal) => Promise<boolean>;
  /** Opens the store and closes it again, without creating one. Throws StoreKeyMissing, StoreKeyWrong, StoreNewer, StoreUnusable. */
  readonly openStore: (config: Config) => Promise<void>;
}
