import type { Deployment, RecordedOperation } from "../../src/deployment.ts";
import { operationText } from "./operation-text.ts";

/** One bar of the timeline; times in milliseconds since the deployment began. */
export interface Lane {
  readonly label: string;
  readonly tone: "good" | "bad" | "busy" | "gate";
  readonly fromMs: number;
  /** Null while it runs. */
  readonly durationMs: number | null;
}

/** What was done, in the order in which it began, and the gate at its end. What was never begun has no lane. */
export function timelineLanes(deployment: Deployment, now: Date): readonly Lane[] {
  const begun = deployment.operations.flatMap((operation) =>
    operation.startedMs === null ? [] : [{ operation, fromMs: operation.startedMs }],
  );
  const lanes = begun
    .sort((a, b) => a.fromMs - b.fromMs)
    .map(({ operation, fromMs }) => ({
      label: operationText(operation),
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
