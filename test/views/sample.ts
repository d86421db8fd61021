import type { Deployment, RecordedOperation, Release, ServiceVerdict } from "../../src/deployment.ts";
import { type ServiceStatus, STACK_DEFAULTS, type Stack, type StackStatus } from "../../src/stack.ts";
import type { PageContext } from "../../views/page-context.ts";
import type { StackSummary } from "../../views/stack/stack-view.ts";

export const NOW = new Date("2026-11-21T12:43:00Z");
export const RUNS = "9c1f2ab4d5e6f708192a3b4c5d6e7f8091a2b3c4";
export const WANTED = "41d07e3b4d5e6f708192a3b4c5d6e7f8091a2b3c";

/** RFC 3339, so many seconds before NOW. */
export function before(seconds: number): string {
  return new Date(NOW.getTime() - seconds * 1_000).toISOString();
}

export const CONTEXT: PageContext = {
  now: NOW,
  csrf: "token-of-the-form",
  userName: "ada",
  host: { name: "quay-1", engineVersion: "28.5.2", containers: 23 },
  assetUrl: (name) => `/assets/0/${name}`,
};

export function sampleStack(name: string, over: Partial<Stack> = {}): Stack {
  return {
    name,
    project: name,
    repository: "git@forge.example:harbour/infra.git",
    ref: "main",
    path: name,
    files: [],
    envFiles: [],
    profiles: [],
    intervalMs: 60_000,
    credential: "deploy-key",
    ...STACK_DEFAULTS,
    createdAt: before(900_000),
    ...over,
  };
}

export function sampleService(name: string, over: Partial<ServiceStatus> = {}, replicas = 1): ServiceStatus {
  const state = over.state ?? "running";
  const health = over.health ?? "healthy";
  return {
    name,
    state,
    health,
    image: `forge.example/harbour/${name}:3.2`,
    digest: `sha256:${"8c1b".repeat(16)}`,
    dependsOn: [],
    containers: Array.from({ length: replicas }, (_, index) => ({
      id: `${name}${index}`,
      name: `shop-${name}-${index + 1}`,
      state,
      health,
      startedAt: before(7_200),
      restarts: 0,
    })),
    ...over,
  };
}

export function sampleStatus(name: string, over: Partial<StackStatus> = {}): StackStatus {
  return {
    name,
    state: "in-sync",
    reason: "nothing to do",
    hint: "",
    commit: RUNS,
    wantedCommit: RUNS,
    trouble: null,
    pinned: false,
    suspended: null,
    stopped: null,
    drift: [],
    lastGoodPollAt: before(8),
    lastDeploymentId: "118",
    services: [sampleService("api")],
    ...over,
  };
}

export function sampleOperation(
  kind: string,
  resource: string,
  over: Partial<RecordedOperation> = {},
): RecordedOperation {
  return { kind, resource, cause: "image changed 3.2 → 3.3", status: "done", startedMs: 0, durationMs: 400, ...over };
}

export function sampleVerdict(serviceName: string, over: Partial<ServiceVerdict> = {}): ServiceVerdict {
  return {
    service: serviceName,
    verdict: "healthy",
    summary: "healthy after 4 s",
    evidence: { exitCodes: [], healthLog: [], logTail: [] },
    ...over,
  };
}

export function sampleDeployment(id: string, over: Partial<Deployment> = {}): Deployment {
  return {
    id,
    stack: "shop",
    commit: RUNS,
    message: "Raise worker memory to 512 MiB",
    author: "mara",
    trigger: "commit",
    cause: "new commit on main",
    settingsDigest: "d",
    status: "healthy",
    class: null,
    failureAction: null,
    reason: null,
    hint: null,
    interruptions: 0,
    startedAt: before(7_200),
    finishedAt: before(7_186),
    durationMs: 14_200,
    operations: [],
    verdicts: [],
    ...over,
  };
}

export function sampleRelease(over: Partial<Release> = {}): Release {
  return {
    deploymentId: "118",
    commit: RUNS,
    message: "Raise worker memory to 512 MiB",
    author: "mara",
    settingsDigest: "d",
    imageDigests: {},
    repoDigests: {},
    inputDigest: null,
    healthyAt: before(7_200),
    ...over,
  };
}

export function sampleSummary(name: string, over: Partial<StackSummary> = {}): StackSummary {
  return {
    stack: sampleStack(name),
    status: sampleStatus(name),
    deployments: [sampleDeployment("118")],
    release: sampleRelease(),
    ...over,
  };
}
