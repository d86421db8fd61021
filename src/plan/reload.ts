import { TallymanError } from "../error.ts";
import { STEERING_LABEL } from "../label.ts";
import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import type { ConfigHash, FileDigests, Project, Service } from "../project.ts";
import { changedContents, contentCause } from "./content-divergence.ts";
import { type Basis, divergencesBeside } from "./divergence.ts";

/** How a container is told that its mounted files changed. */
export interface Reload {
  readonly signal: string;
  /** What it has read afterwards. */
  readonly contents: FileDigests;
  readonly cause: string;
}

/**
 * The signal that makes a running container up to date: when nothing but the content of mounted files differs, and the service says
 * that a signal will do for them. A stopped one is made anew like any other. Throws ComposeInvalid.
 */
export function reloadOf(
  project: Project,
  serviceName: string,
  container: ObservedContainer,
  observed: ObservedState,
  basis: Basis,
  expected: ConfigHash | undefined,
): Reload | null {
  const service = project.services[serviceName];
  const signal = service ? reloadSignal(service, serviceName) : null;
  if (!service || signal === null || basis.reloads === false || container.state !== "running") return null;
  const changed = changedContents(project, serviceName, container, basis.kept?.get(container.id));
  if (changed.length === 0 || !isReloaded(service, changed)) return null;
  if (divergencesBeside(project, serviceName, container, observed, basis, expected).length > 0) return null;
  const contents = project.contents?.[serviceName] ?? {};
  return { signal, contents, cause: changed.map(contentCause).join("; ") };
}

/** POSIX's and Linux' own names, but for those that end or freeze a process whatever it would like. */
const SIGNALS = new Set(
  `HUP INT QUIT ILL TRAP ABRT IOT BUS FPE USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CLD CONT TSTP TTIN TTOU URG XCPU XFSZ VTALRM
  PROF WINCH IO POLL PWR SYS RTMIN RTMAX`.split(/\s+/),
);

/** The signal by which a service reads its mounted files anew, or null when it has to be made anew. Throws ComposeInvalid. */
export function reloadSignal(service: Service, serviceName: string): string | null {
  const declared = service.labels?.[STEERING_LABEL.reload];
  if (declared === undefined) return null;
  const name = declared.trim().toUpperCase().replace(/^SIG/, "");
  if (SIGNALS.has(name) || /^RT(MIN\+|MAX-)([1-9]|1[0-5])$/.test(name)) return `SIG${name}`;
  throw new TallymanError(
    "ComposeInvalid",
    `services.${serviceName}.labels.${STEERING_LABEL.reload}: "${declared}" is no signal that a process can heed.`,
    { hint: "Write it like SIGHUP or SIGUSR1." },
  );
}

/** A label that is wrong is told with the commit that brings it, not when a file changes later. Throws ComposeInvalid. */
export function checkReloads({ services }: Project): void {
  for (const [serviceName, service] of Object.entries(services)) reloadSignal(service, serviceName);
}

/** Whether the signal is meant for all of these mounted paths. A declared folder stands for what is mounted from below it. */
export function isReloaded(service: Service, paths: readonly string[]): boolean {
  const declared = service.labels?.[STEERING_LABEL.reloadPaths];
  if (declared === undefined) return true;
  const places = declared
    .split(",")
    .map((place) => plain(place.trim()))
    .filter((place) => place !== "");
  return paths.every((path) => places.some((place) => plain(path) === place || plain(path).startsWith(`${place}/`)));
}

function plain(path: string): string {
  return path.replace(/^\.\//, "").replace(/\/+$/, "");
}
