import type { Deployment, RecordedOperation } from "../../src/deployment.ts";

/** One bar of the timeline; times in milliseconds since the deployment began. */
export interface Lane {
  readonly label: string;
  readonly tone: "good" | "bad" | "busy" | "gate";
  readonly fromMs: number;
  /** Null while it runs. */
  readonly durationMs: number | null;
}

const VERBS: Readonly<Record<string, string>> = {
  "pull-image": "pull",
  "build-image": "build",
  "create-network": "create network",
  "remove-network": "remove network",
  "create-volume": "create volume",
  "remove-volume": "remove volume",
  "create-container": "create",
  "start-container": "start",
  "stop-container": "stop",
  "remove-container": "remove",
  "rename-container": "rename",
  "set-restart-policy": "set restart of",
  "disconnect-network": "disconnect",
  "connect-network": "connect",
  "await-service": "wait for",
};

/** What was done, in the order in which it began, and the gate at its end. What was never begun has no lane. */
export function timelineLanes(deployment: Deployment, now: Date): readonly Lane[] {
  const begun = deployment.operations.flatMap((operation) =>
    operation.startedMs === null ? [] : [{ operation, fromMs: operation.startedMs }],
  );
  const lanes = begun
    .sort((a, b) => a.fromMs - b.fromMs)
    .map(({ operation, fromMs }) => ({
      label: labelOf(operation),
      tone: TONES[operation.status],
      fromMs,
      durationMs: operation.durationMs,
    }));
  const gate = gateLane(deployment, lanes, now);
  return gate ? [...lanes, gate] : lanes;
}

/** Milliseconds that the whole axis stands for: at least what the bars need. */
export function timelineEnd(deployment: Deployment, lanes: readonly Lane[], now: Date): number {
  const ends = lanes.map((lane) => lane.fromMs + (lane.durationMs ?? 0));
  return Math.max(1, deployment.durationMs ?? passedMs(deployment, now), ...ends);
}

const TONES: Readonly<Record<RecordedOperation["status"], Lane["tone"]>> = {
  planned: "busy",
  running: "busy",
  done: "good",
  failed: "bad",
};

function labelOf({ kind, resource }: RecordedOperation): string {
  const name = resource.split(":").slice(1);
  const what = kind.endsWith("-image") ? name.join(":") : name.join(" ");
  return `${VERBS[kind] ?? kind} ${what}`;
}

/** The gate begins when everything planned is done; an attempt that failed before it has none. */
function gateLane(deployment: Deployment, lanes: readonly Lane[], now: Date): Lane | null {
  const { operations, verdicts, status } = deployment;
  const applied = operations.length > 0 && operations.every((operation) => operation.status === "done");
  if (!applied || (status !== "applying" && verdicts.length === 0)) return null;
  const fromMs = Math.max(0, ...lanes.map((lane) => lane.fromMs + (lane.durationMs ?? 0)));
  if (status === "applying") return { label: "gate", tone: "gate", fromMs, durationMs: null };
  const end = deployment.durationMs ?? passedMs(deployment, now);
  return { label: "gate", tone: status === "healthy" ? "good" : "bad", fromMs, durationMs: Math.max(0, end - fromMs) };
}

function passedMs(deployment: Deployment, now: Date): number {
  return Math.max(0, now.getTime() - Date.parse(deployment.startedAt));
}
