import { describe, expect, test } from "bun:test";
import { timelineEnd, timelineLanes } from "../../../views/deployment/timeline-lanes.ts";
import { NOW, sampleDeployment, sampleOperation, sampleVerdict } from "../sample.ts";
import { applying, failedDeployment } from "../sample-states.ts";

describe("the lanes of a timeline", () => {
  test("stand in the order in which they began, without what was never begun", () => {
    expect(timelineLanes(applying, NOW).map((lane) => lane.label)).toEqual([
      "pull ghost:6.4",
      "create ghost 1",
      "stop ghost 1",
    ]);
  });

  test("end with the gate, from the last operation to the end", () => {
    expect(timelineLanes(failedDeployment, NOW).at(-1)).toEqual({
      label: "gate",
      tone: "bad",
      fromMs: 4_750,
      durationMs: 5_050,
    });
  });

  test("a gate that is still open has no end", () => {
    const open = sampleDeployment("1", {
      status: "applying",
      durationMs: null,
      operations: [sampleOperation("start-container", "service:a:1")],
    });
    expect(timelineLanes(open, NOW).at(-1)).toEqual({ label: "gate", tone: "gate", fromMs: 400, durationMs: null });
  });

  test("an attempt that failed before its gate has none", () => {
    const operations = [sampleOperation("pull-image", "image:a:1", { status: "failed" })];
    const lanes = timelineLanes(sampleDeployment("1", { status: "failed", operations }), NOW);
    expect(lanes).toEqual([{ label: "pull a:1", tone: "bad", fromMs: 0, durationMs: 400 }]);
  });
});

test("the axis reaches as far as the longest bar", () => {
  const deployment = sampleDeployment("1", {
    durationMs: 100,
    operations: [sampleOperation("pull-image", "image:a")],
    verdicts: [sampleVerdict("a")],
  });
  expect(timelineEnd(deployment, timelineLanes(deployment, NOW), NOW)).toBe(400);
});

test("the axis of a running deployment grows with time", () => {
  expect(timelineEnd(applying, [], NOW)).toBe(12_000);
});
