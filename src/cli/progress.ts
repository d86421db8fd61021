import { type Operation, resourceOf } from "../plan.ts";
import { type Context, paintFor } from "./command-context.ts";
import { type LiveLines, liveLines } from "./live-lines.ts";
import { plainText } from "./plain-text.ts";
import { showMilliseconds } from "./relative-time.ts";
import type { ComposeEvent } from "./tools.ts";

/**
 * Says on stderr what is being done: every ended operation is a line that stays; on a terminal those under way stand below, with
 * what they are at and how long they have been. Off a terminal nothing is ever rewritten.
 */
export interface Progress {
  readonly show: (event: ComposeEvent) => void;
  /** What is being waited for. */
  readonly note: (text: string) => void;
  /** A line that stays. */
  readonly tell: (line: string) => void;
  /** Takes the unfinished lines away; safe to call twice. */
  readonly end: () => void;
  /** `6 operations in 2.8 s`; "" while none has ended. */
  readonly summary: () => string;
}

interface UnderWay {
  readonly what: string;
  readonly detail: string;
  readonly since: number;
}

const TICK_MS = 250;
/** A shorter time is not worth a number that jumps. */
const TOLD_FROM_MS = 1_000;
const SLOW_KINDS: ReadonlySet<Operation["kind"]> = new Set(["pull-image", "build-image"]);

export function startProgress(context: Context): Progress {
  const count = countOf(context);
  return context.tools.stderr.isTerminal ? new TerminalProgress(context, count) : inPlainLines(context, count);
}

function inPlainLines({ tools: { stderr } }: Context, count: Count): Progress {
  const tell = (line: string): void => stderr.write(`${line}\n`);
  let told = "";
  /** The same with another number is not worth another line. */
  const note = (text: string): void => {
    const shape = text.replace(/\d+/g, "0");
    if (shape !== told) tell(`· ${plainText(text)}`);
    told = shape;
  };
  return {
    tell,
    note,
    show: (event) => {
      const line = count.lasting(event);
      if (line !== "") tell(line);
      else if (event.type === "wait") note(event.text);
      // What may take minutes is told when it begins.
      else if (event.type === "operation" && SLOW_KINDS.has(event.operation.kind))
        tell(`· ${sentence(event.operation)}`);
    },
    end: () => undefined,
    summary: count.summary,
  };
}

/** Lines that stay above, what is under way below. */
class TerminalProgress implements Progress {
  readonly #draw: LiveLines["draw"];
  readonly #count: Count;
  readonly #now: () => number;
  readonly #underWay = new Map<string, UnderWay>();
  #note: UnderWay | null = null;
  #ticking: ReturnType<typeof setInterval> | null = null;
  #ended = false;

  constructor({ tools }: Context, count: Count) {
    this.#draw = liveLines(tools.stderr).draw;
    this.#count = count;
    this.#now = () => tools.now().getTime();
  }

  readonly show = (event: ComposeEvent): void => {
    if (event.type === "wait") {
      this.note(event.text);
      return;
    }
    const what = subject(event);
    const line = this.#count.lasting(event);
    if (line !== "") this.#underWay.delete(what);
    else this.#underWay.set(what, { what, detail: detailOf(event), since: this.#since(what) });
    this.#redraw(line);
  };

  readonly note = (text: string): void => {
    this.#note = { what: plainText(text), detail: "", since: this.#now() };
    this.#redraw();
  };

  readonly tell = (line: string): void => {
    this.#note = null;
    this.#redraw(line);
  };

  readonly end = (): void => {
    if (this.#ticking) clearInterval(this.#ticking);
    if (!this.#ended) this.#draw("", []);
    this.#ended = true;
  };

  readonly summary = (): string => this.#count.summary();

  #since(what: string): number {
    return this.#underWay.get(what)?.since ?? this.#now();
  }

  #redraw(line = ""): void {
    const lines = this.#ended ? [] : [...this.#underWay.values(), ...(this.#note ? [this.#note] : [])];
    this.#draw(
      line === "" ? "" : `${line}\n`,
      lines.map((one) => shown(one, this.#now())),
    );
    if (lines.length > 0) this.#ticking ??= setInterval(() => this.#redraw(), TICK_MS).unref();
  }
}

function shown({ what, detail, since }: UnderWay, now: number): string {
  const elapsed = now - since;
  return `◌ ${what}${detail}${elapsed < TOLD_FROM_MS ? "" : `  ${Math.floor(elapsed / 1_000)} s`}`;
}

/** The lines that stay, and how many operations they tell of. */
interface Count {
  /** "" for what has not ended yet. */
  readonly lasting: (event: ComposeEvent) => string;
  readonly summary: () => string;
}

function countOf(context: Context): Count {
  const paint = paintFor(context, context.tools.stderr);
  const beganAt = context.tools.now().getTime();
  let done = 0;
  let failed = 0;
  return {
    lasting(event) {
      if (event.type === "warning") return `${paint("yellow", "warning:")} ${plainText(event.message)}`;
      if (event.type !== "operation" || event.status === "running") return "";
      const isDone = event.status === "done";
      if (isDone) done += 1;
      else failed += 1;
      // What this person stopped is no failure.
      const isCut = !isDone && context.tools.signal.aborted;
      const mark = isDone ? paint("green", "✓") : isCut ? paint("yellow", "▲ cut off:") : paint("red", "✕ failed:");
      return `${mark} ${sentence(event.operation)} ${paint("grey", `(${showMilliseconds(event.durationMs)})`)}`;
    },
    summary() {
      if (done + failed === 0) return "";
      const operations = `${done + failed} operation${done + failed === 1 ? "" : "s"}`;
      const took = showMilliseconds(context.tools.now().getTime() - beganAt);
      return `${failed === 0 ? operations : `${done} of ${operations}`} in ${took}`;
    },
  };
}

/** What the foot knows an event by. */
function subject(event: ComposeEvent): string {
  switch (event.type) {
    case "operation":
      return sentence(event.operation);
    case "pull-progress":
      return plainText(`pull-image image:${event.image}`);
    case "build-progress":
      return plainText(`build-image image:${event.image}`);
    case "wait":
    case "warning":
      return "";
  }
}

/** What a pull or a build is at. */
function detailOf(event: ComposeEvent): string {
  return event.type === "pull-progress" || event.type === "build-progress" ? `: ${plainText(event.text)}` : "";
}

/** `create-container service:web:1`: the words of the plan. */
function sentence(operation: Operation): string {
  return plainText(`${operation.kind} ${resourceOf(operation)}`);
}
