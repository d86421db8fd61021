import type { Deployment } from "../../src/deployment.ts";
import { h, type Markup } from "../h.ts";
import { duration } from "../time-text.ts";
import { type Lane, timelineEnd, timelineLanes } from "./timeline-lanes.ts";

const AXIS = 1_000;

/** Every operation as a bar on one axis. */
export function timeline(deployment: Deployment, now: Date): Markup {
  const lanes = timelineLanes(deployment, now);
  const end = timelineEnd(deployment, lanes, now);
  return (
    <section id="deployment-timeline" class="sheet" aria-labelledby="timeline-title">
      <header>
        <h2 id="timeline-title">What happened</h2>
        <span class="fill" />
        <span class="faint num">{duration(end)}</span>
      </header>
      {lanes.length === 0 ? (
        <p class="pad quiet">
          {deployment.status === "applying"
            ? "Nothing was begun yet."
            : "No operation was begun: nothing that ran was touched."}
        </p>
      ) : (
        <ol class="time">{lanes.map((lane) => laneRow(lane, end))}</ol>
      )}
    </section>
  );
}

function laneRow(lane: Lane, end: number): Markup {
  const length = lane.durationMs ?? end - lane.fromMs;
  const x = Math.min(AXIS - 4, (lane.fromMs / end) * AXIS);
  const width = Math.min(AXIS - x, Math.max(4, (length / end) * AXIS));
  return (
    <li class="lane">
      <span class="cut" title={lane.label}>
        {lane.label}
      </span>
      <svg class="track" viewBox={`0 0 ${AXIS} 16`} preserveAspectRatio="none" aria-hidden="true">
        <rect class={lane.tone} x={x.toFixed(1)} y="3" width={width.toFixed(1)} height="10" />
      </svg>
      <span class={`num ${lane.tone === "bad" ? "bad" : "faint"}`}>
        {lane.durationMs === null ? "…" : duration(lane.durationMs)}
        {lane.tone === "bad" ? <span class="unseen"> failed</span> : null}
      </span>
    </li>
  );
}
