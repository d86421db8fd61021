import type { Deployment, Verdict } from "../src/deployment.ts";
import type { ServiceStatus, StackState, StackStatus } from "../src/stack.ts";
import { Fragment, h, type Markup } from "./h.ts";

/** Every state is a shape and a word; the colour (the tone's class) only repeats it. */
export type Tone = "good" | "warn" | "bad" | "busy" | "rest";
type Shape = "check" | "cross" | "turn" | "half" | "pause" | "stop" | "arrow" | "dots" | "ring";

interface Look {
  readonly tone: Tone;
  readonly shape: Shape;
  readonly word: string;
}

const STACK_LOOKS: Readonly<Record<StackState, Look>> = {
  "in-sync": { tone: "good", shape: "check", word: "in sync" },
  "out-of-sync": { tone: "warn", shape: "dots", word: "out of sync" },
  reconciling: { tone: "busy", shape: "turn", word: "reconciling" },
  suspended: { tone: "rest", shape: "pause", word: "suspended" },
  stopped: { tone: "rest", shape: "stop", word: "stopped" },
  failed: { tone: "bad", shape: "cross", word: "failed" },
  degraded: { tone: "warn", shape: "half", word: "degraded" },
};

/** One that is pinned is held back as well, and says so in its own word. */
export function stackStateMark({ state, pinned }: Pick<StackStatus, "state" | "pinned">): Markup {
  const look = STACK_LOOKS[state];
  return stateMark(state === "suspended" && pinned ? { ...look, word: "pinned" } : look);
}

export function deploymentStateMark(deployment: Deployment): Markup {
  return stateMark(deploymentLook(deployment));
}

export function deploymentLook({ status, trigger }: Pick<Deployment, "status" | "trigger">): Look {
  if (status === "applying") return { tone: "busy", shape: "turn", word: "applying" };
  if (status === "failed") return { tone: "bad", shape: "cross", word: "failed" };
  if (status === "interrupted") return { tone: "warn", shape: "half", word: "interrupted" };
  return trigger === "rollback"
    ? { tone: "warn", shape: "arrow", word: "went back" }
    : { tone: "good", shape: "check", word: "healthy" };
}

export function verdictMark(verdict: Verdict, word: string): Markup {
  if (verdict === "healthy") return stateMark({ tone: "good", shape: "check", word });
  if (verdict === "unhealthy") return stateMark({ tone: "bad", shape: "cross", word });
  return stateMark({ tone: "busy", shape: "turn", word });
}

export function serviceStateMark(service: ServiceStatus): Markup {
  return stateMark(serviceLook(service.state, service.health));
}

/** Of a service or a single container; its health speaks before its state. */
export function serviceLook(state: string, health: string): Look {
  if (health === "unhealthy") return { tone: "bad", shape: "cross", word: "unhealthy" };
  if (state === "running" && health === "starting") return { tone: "busy", shape: "turn", word: "starting" };
  if (state === "running") return { tone: "good", shape: "check", word: health === "healthy" ? "healthy" : "running" };
  if (state === "completed") return { tone: "good", shape: "check", word: "completed" };
  if (state === "exited" || state === "dead" || state === "missing")
    return { tone: "bad", shape: "cross", word: state };
  if (state === "paused") return { tone: "rest", shape: "pause", word: "paused" };
  if (state === "starting" || state === "restarting") return { tone: "busy", shape: "turn", word: state };
  return { tone: "rest", shape: "dots", word: state };
}

export function checkMark(ok: boolean): Markup {
  return stateMark(
    ok ? { tone: "good", shape: "check", word: "works" } : { tone: "bad", shape: "cross", word: "fails" },
  );
}

/** Something that happened: nothing of it turns any more. */
export function eventMark(tone: Tone, word: string): Markup {
  const shape = ({ good: "check", bad: "cross", warn: "half", busy: "ring", rest: "ring" } as const)[tone];
  return stateMark({ tone, shape, word });
}

function stateMark({ tone, shape, word }: Look): Markup {
  return (
    <span class={`state ${tone}`}>
      {shapeMark(shape)}
      {word}
    </span>
  );
}

export function shapeMark(shape: Shape): Markup {
  return (
    <svg class="shape" viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[shape]()}
    </svg>
  );
}

const ring = (): Markup => <circle cx="8" cy="8" r="6.5" />;

const SHAPES: Readonly<Record<Shape, () => Markup>> = {
  check: () => (
    <>
      {ring()}
      <path d="m5.2 8.2 2 2 3.8-4.2" />
    </>
  ),
  cross: () => (
    <>
      <rect x="1.8" y="1.8" width="12.4" height="12.4" rx="2.5" />
      <path d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" />
    </>
  ),
  turn: () => (
    <>
      <circle class="groove" cx="8" cy="8" r="6.5" />
      <path class="turn" d="M8 1.5A6.5 6.5 0 0 1 14.5 8" />
    </>
  ),
  half: () => (
    <>
      {ring()}
      <path class="fill" d="M8 1.5a6.5 6.5 0 0 1 0 13z" />
    </>
  ),
  pause: () => (
    <>
      {ring()}
      <path d="M6.4 5.8v4.4M9.6 5.8v4.4" />
    </>
  ),
  stop: () => (
    <>
      {ring()}
      <rect x="5.8" y="5.8" width="4.4" height="4.4" />
    </>
  ),
  arrow: () => <path d="M6 3 2.5 6.5 6 10M2.5 6.5h7a4 4 0 0 1 0 8H7" />,
  ring,
  dots: () => (
    <>
      {ring()}
      <path d="M8 5v3.6M8 11v.1" />
    </>
  ),
};
