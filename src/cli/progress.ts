import { type Operation, resourceOf } from "../plan.ts";
import { plainText } from "./plain-text.ts";
import { showMilliseconds } from "./relative-time.ts";
import type { Paint } from "./style.ts";
import type { ComposeEvent, Output } from "./tools.ts";

/** Says what is being done: on a terminal the running operation is rewritten in place, else every ended one is a plain line. */
export interface Progress {
  readonly show: (event: ComposeEvent) => void;
  /** What is being waited for. */
  readonly note: (text: string) => void;
  /** Takes the unfinished line away; safe to call twice. */
  readonly end: () => void;
}

const CLEAR = "\r\u001b[2K";

export function startProgress(output: Output, paint: Paint): Progress {
  let open = false;
  const clear = (): void => {
    if (open) output.write(CLEAR);
    open = false;
  };
  const replace = (text: string): void => {
    if (!output.isTerminal) return;
    clear();
    output.write(text.slice(0, (output.columns ?? 80) - 1));
    open = true;
  };
  const line = (text: string): void => {
    clear();
    output.write(`${text}\n`);
  };
  return {
    end: clear,
    note: (text) => (output.isTerminal ? replace(`◌ ${plainText(text)}`) : line(`· ${plainText(text)}`)),
    show: (event) => {
      if (event.type === "warning") line(`${paint("yellow", "warning:")} ${plainText(event.message)}`);
      else if (event.type === "pull-progress") replace(`◌ pull ${plainText(event.image)}: ${plainText(event.text)}`);
      else if (event.type === "build-progress") replace(`◌ build ${plainText(event.image)}: ${plainText(event.text)}`);
      else if (event.status === "running") replace(`◌ ${sentence(event.operation)}`);
      else line(ended(event.operation, event.status, event.durationMs, paint));
    },
  };
}

function ended(operation: Operation, status: "done" | "failed", durationMs: number, paint: Paint): string {
  const mark = status === "done" ? paint("green", "✓") : paint("red", "✕ failed:");
  return `${mark} ${sentence(operation)} ${paint("grey", `(${showMilliseconds(durationMs)})`)}`;
}

/** `create-container service:web:1`: the words of the plan. */
function sentence(operation: Operation): string {
  return plainText(`${operation.kind} ${resourceOf(operation)}`);
}
