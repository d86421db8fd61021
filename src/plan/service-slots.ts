import { TallymanError } from "../error.ts";
import { isRetainedName } from "../label.ts";
import type { ObservedContainer, ObservedState } from "../observed-state.ts";
import type { NetworkPlace } from "../plan.ts";
import { type ConfigHash, expectedReplicas, type Project, type Service } from "../project.ts";
import { type Basis, divergences, networksToJoin } from "./divergence.ts";
import { type Reload, reloadOf } from "./reload.ts";

/** One replica's place and the containers that have a claim on it. */
export interface Slot {
  readonly serviceName: string;
  readonly number: number;
  readonly finalName: string;
  /** The up-to-date container that stays or comes back; null when one must be created. */
  readonly keeper: ObservedContainer | null;
  /** The container that holds the place now and has to leave it; null when nothing does. */
  readonly incumbent: ObservedContainer | null;
  /** Whether an older container already waits for the gate: the incumbent is then not worth keeping. */
  readonly hasRetained: boolean;
  /** Of an interrupted pass: made, perhaps even started beside the one that serves. Removed before anything is created. */
  readonly leftovers: readonly ObservedContainer[];
  readonly cause: string;
  /** How the keeper is told that only mounted files changed; null when there is nothing to tell. */
  readonly reload: Reload | null;
  /** Networks that the keeper has to be put into. */
  readonly joins: readonly NetworkPlace[];
  /** What a container of this place bears; null while that depends on a container that is yet to be made. */
  readonly configHash: string | null;
}

export function finalNameOf(project: Project, serviceName: string, number: number): string {
  return project.services[serviceName]?.container_name ?? `${project.name}-${serviceName}-${number}`;
}

function isSuccessorName(name: string, finalName: string): boolean {
  return /^[0-9a-f]{12}_/.test(name) && name.slice(13) === finalName;
}

/** A temporary name that it bears since an interrupted pass; any other name that somebody gave it stays. */
export function isMisnamed({ name }: ObservedContainer, finalName: string): boolean {
  return isRetainedName(name) || isSuccessorName(name, finalName);
}

/** Containers of a service that count as its replicas. */
export function containersOf(observed: ObservedState, serviceName: string): readonly ObservedContainer[] {
  return observed.containers.filter((container) => container.serviceName === serviceName && !container.oneOff);
}

/** What a service's containers are compared with; `because` says why none can be up to date. */
export interface Expected {
  readonly hash: ConfigHash | undefined;
  readonly because: string | null;
}

/**
 * The places a service has, lowest numbers first, and who claims each. Existing numbers are kept (up-to-date ones first, as Docker
 * Compose sorts them), missing ones are numbered after the highest.
 */
export function slotsOf(
  project: Project,
  serviceName: string,
  observed: ObservedState,
  basis: Basis,
  expected: Expected = { hash: project.hashes.services[serviceName], because: null },
): readonly Slot[] {
  const service = project.services[serviceName];
  if (!service) return [];
  requireOneOfAName(service, serviceName);
  const containers = containersOf(observed, serviceName);
  const findings = new Map(
    containers.map((one) => [one.id, compared(project, serviceName, one, observed, basis, expected)]),
  );
  const upToDate = ({ id }: ObservedContainer): boolean => findings.get(id)?.causes.length === 0;
  const numbers = keptNumbers(containers, upToDate, expectedReplicas(service));
  const configHash = expected.because === null ? (expected.hash?.a ?? "") : null;
  return numbers.map((number) => {
    const claims = containers.filter((container) => container.number === number);
    const finalName = finalNameOf(project, serviceName, number);
    const found = claimants(finalName, claims, upToDate, ({ id }) => findings.get(id)?.causes ?? []);
    const reload = findings.get(found.keeper?.id ?? "")?.reload ?? null;
    const joins = found.keeper ? networksToJoin(project, serviceName, found.keeper, basis) : [];
    return { serviceName, number, finalName, configHash, ...found, reload, joins };
  });
}

/** The loader has seen to what the file says; `--scale` stands above it. */
function requireOneOfAName(service: Service, serviceName: string): void {
  const { container_name: name } = service;
  if (name === undefined || expectedReplicas(service) <= 1) return;
  throw new TallymanError(
    "ComposeInvalid",
    `services.${serviceName}: ${expectedReplicas(service)} containers cannot all have the container_name ${name}`,
    { hint: "Take container_name out to scale the service." },
  );
}

interface Finding {
  /** Why it has to go; empty when it is up to date. */
  readonly causes: readonly string[];
  /** How it is brought up to date without that. */
  readonly reload: Reload | null;
}

function compared(
  project: Project,
  serviceName: string,
  container: ObservedContainer,
  observed: ObservedState,
  basis: Basis,
  { hash, because }: Expected,
): Finding {
  const { recreate } = basis;
  if (recreate === "never") return { causes: [], reload: null };
  if (recreate?.has(serviceName)) return { causes: ["was asked for"], reload: null };
  if (because !== null) return { causes: [because], reload: null };
  const reload = reloadOf(project, serviceName, container, observed, basis, hash);
  return { causes: reload ? [] : divergences(project, serviceName, container, observed, basis, hash), reload };
}

function keptNumbers(
  containers: readonly ObservedContainer[],
  upToDate: (container: ObservedContainer) => boolean,
  expected: number,
): readonly number[] {
  const rank = (number: number): number => (containers.some((one) => one.number === number && upToDate(one)) ? 0 : 1);
  const existing = [...new Set(containers.map((container) => container.number))].sort(
    (a, b) => rank(a) - rank(b) || a - b,
  );
  const kept = existing.slice(0, expected);
  for (let next = Math.max(0, ...existing) + 1; kept.length < expected; next += 1) kept.push(next);
  return kept.sort((a, b) => a - b);
}

function claimants(
  finalName: string,
  claims: readonly ObservedContainer[],
  upToDate: (container: ObservedContainer) => boolean,
  causesOf: (container: ObservedContainer) => readonly string[],
): Pick<Slot, "keeper" | "incumbent" | "hasRetained" | "leftovers" | "cause"> {
  const preference = (container: ObservedContainer): number =>
    (container.name === finalName ? 0 : 2) + (container.state === "running" ? 0 : 1);
  const keeper = claims.filter(upToDate).sort((a, b) => preference(a) - preference(b))[0] ?? null;
  const others = claims.filter((container) => container !== keeper);
  const isServed = claims.some(({ name }) => name === finalName);
  const leftovers = others.filter(
    ({ name, state }) => (state === "created" || isServed) && isSuccessorName(name, finalName),
  );
  const retained = others.filter((container) => isRetainedName(container.name));
  const serving = others.filter((container) => !leftovers.includes(container) && !retained.includes(container));
  const incumbent = serving.sort((a, b) => preference(a) - preference(b))[0] ?? null;
  const cause = (incumbent ? causesOf(incumbent).join("; ") || "duplicate" : "") || "container is missing";
  return { keeper, incumbent, hasRetained: retained.length > 0, leftovers, cause };
}
