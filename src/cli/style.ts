import type { StackState, StackStatus } from "../stack.ts";
import type { Output } from "./tools.ts";

export type Colour = "green" | "red" | "yellow" | "blue" | "grey" | "bold";

/** Colours a text, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string;

const CODES: Readonly<Record<Colour, number>> = { green: 32, red: 31, yellow: 33, blue: 34, grey: 90, bold: 1 };

/** Colours only on a terminal and without NO_COLOR (https://no-color.org: any value but the empty one). */
export function usesColour(output: Output, environment: Readonly<Record<string, string>>): boolean {
  return output.isTerminal && !environment["NO_COLOR"] && environment["TERM"] !== "dumb";
}

export function paintWith(colours: boolean): Paint {
  return (colour, text) => (colours ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text);
}

const STATES: Readonly<Record<StackState, { readonly shape: string; readonly word: string; readonly colour: Colour }>> =
  {
    "in-sync": { shape: "●", word: "in sync", colour: "green" },
    "out-of-sync": { shape: "◐", word: "out of sync", colour: "yellow" },
    reconciling: { shape: "◌", word: "reconciling", colour: "blue" },
    suspended: { shape: "‖", word: "suspended", colour: "grey" },
    stopped: { shape: "■", word: "stopped", colour: "grey" },
    failed: { shape: "✕", word: "failed", colour: "red" },
    degraded: { shape: "▲", word: "degraded", colour: "yellow" },
  };

/** A stack's state as shape and word, so that it can be read without the colour. */
export function showState({ state, pinned }: Pick<StackStatus, "state" | "pinned">, paint: Paint): string {
  const { shape, word, colour } = STATES[state];
  return paint(colour, `${shape} ${state === "suspended" && pinned ? "pinned" : word}`);
}

const OUTCOMES: Readonly<Record<string, { readonly shape: string; readonly colour: Colour }>> = {
  healthy: { shape: "●", colour: "green" },
  running: { shape: "●", colour: "green" },
  completed: { shape: "●", colour: "green" },
  done: { shape: "✓", colour: "green" },
  ok: { shape: "✓", colour: "green" },
  applying: { shape: "◌", colour: "blue" },
  starting: { shape: "◌", colour: "blue" },
  pending: { shape: "◌", colour: "blue" },
  interrupted: { shape: "▲", colour: "yellow" },
  restarting: { shape: "▲", colour: "yellow" },
  paused: { shape: "‖", colour: "grey" },
  created: { shape: "○", colour: "grey" },
  exited: { shape: "■", colour: "grey" },
  missing: { shape: "✕", colour: "red" },
  failed: { shape: "✕", colour: "red" },
  unhealthy: { shape: "✕", colour: "red" },
};

/** The same for a deployment, a service, a container or a check. */
export function showOutcome(word: string, paint: Paint): string {
  const { shape, colour } = OUTCOMES[word] ?? { shape: "·", colour: "grey" as const };
  return paint(colour, `${shape} ${word}`);
}
