import { describe, expect, test } from "bun:test";
import { type Progress, startProgress } from "../../src/cli/progress.ts";
import type { ComposeEvent } from "../../src/cli/tools.ts";
import type { Operation } from "../../src/plan.ts";
import { TOOLS } from "./run.ts";

const network: Operation = { kind: "create-network", networkKey: "default", name: "shop_default" };
const pull: Operation = { kind: "pull-image", image: "web:1", platform: null };
const operation = (
  status: "running" | "done" | "failed",
  what: Operation = network,
  durationMs = 90,
): ComposeEvent => ({ type: "operation", operation: what, status, durationMs });

/** A sequence, a line feed, or text up to one of them. */
const ESC = "\u001b";
const PARTS = new RegExp([`${ESC}${String.raw`\[[?\d]*[a-zA-Z]`}`, "\n", `[^${ESC}\n]+`].join("|"), "g");

interface Screen {
  /** What stands on it, line by line. */
  readonly lines: () => readonly string[];
  /** How often it was written to. */
  readonly writes: () => number;
  readonly pass: (ms: number) => void;
}

/** A terminal as far as the progress uses one: text, line feeds, up, and the two ways to clear. */
function screen(columns: number | undefined = 60, isTerminal = true): { readonly progress: Progress } & Screen {
  let rows: string[] = [""];
  let row = 0;
  let writes = 0;
  let now = Date.parse("2026-02-03T04:05:06Z");
  const write = (text: string): void => {
    writes += 1;
    for (const [part] of text.matchAll(PARTS)) {
      if (part === "\n") {
        row += 1;
        rows[row] ??= "";
      } else if (part.endsWith("A") && part.startsWith("\u001b")) row -= Number(part.slice(2, -1));
      else if (part === "\u001b[J") rows = [...rows.slice(0, row), ""];
      else if (!part.startsWith("\u001b")) rows[row] = part;
    }
  };
  const stderr = { write, isTerminal, columns };
  const host = { ...TOOLS.host, environment: { NO_COLOR: "1" } };
  const tools = { ...TOOLS, host, stderr, now: () => new Date(now) };
  return {
    progress: startProgress({ tools, end: () => undefined }),
    lines: () => rows.slice(0, -1),
    writes: () => writes,
    pass: (ms) => {
      now += ms;
    },
  };
}

describe("on a terminal", () => {
  test("what is under way stands below what has ended, and goes when it ends", () => {
    const { progress, lines } = screen();
    progress.show(operation("running", pull));
    progress.show({ type: "pull-progress", image: "web:1", text: "layer 1 of 2" });
    progress.show(operation("running"));
    progress.show(operation("done"));
    expect(lines()).toEqual(["✓ create-network network:default (90 ms)", "◌ pull-image image:web:1: layer 1 of 2"]);
    progress.show(operation("done", pull, 1_200));
    progress.end();
    expect(lines()).toEqual(["✓ create-network network:default (90 ms)", "✓ pull-image image:web:1 (1.2 s)"]);
  });

  test("what takes long tells for how long already", () => {
    const { progress, lines, pass } = screen();
    progress.show(operation("running", pull));
    pass(3_900);
    progress.note("gate: web: its healthcheck has not passed yet");
    expect(lines()).toEqual(["◌ pull-image image:web:1  3 s", "◌ gate: web: its healthcheck has not passed yet"]);
    progress.end();
    expect(lines()).toEqual([]);
  });

  test("a line that is too long is cut off before it wraps, also where no width is told", () => {
    const { progress, lines } = screen(20);
    progress.note("waiting for a service with a long name");
    expect(lines()).toEqual(["◌ waiting for a se…"]);
    progress.end();
    const without = screen(0);
    without.progress.note("waiting");
    expect(without.lines()).toEqual(["◌ waiting"]);
    without.progress.end();
  });

  test("of very many the rest is counted", () => {
    const { progress, lines } = screen();
    for (let number = 1; number <= 20; number += 1)
      progress.show(operation("running", { ...pull, image: `web:${number}` }));
    expect(lines()).toHaveLength(8);
    expect(lines().at(-1)).toBe("  and 13 more");
    progress.end();
  });

  test("each change is one write and no change is none, so that nothing flickers", () => {
    const { progress, writes } = screen();
    progress.show(operation("running"));
    progress.show(operation("running"));
    progress.show(operation("done"));
    progress.end();
    progress.end();
    expect(writes()).toBe(2);
  });
});

describe("off a terminal", () => {
  test("only what ended is a line, and the beginning of what may take minutes", () => {
    const { progress, lines } = screen(undefined, false);
    progress.show(operation("running", pull));
    progress.show({ type: "pull-progress", image: "web:1", text: "layer 1 of 2" });
    progress.show(operation("done", pull, 61_000));
    progress.show(operation("running"));
    progress.show(operation("failed"));
    progress.show({ type: "warning", message: "no health\ncheck" });
    expect(lines()).toEqual([
      "· pull-image image:web:1",
      "✓ pull-image image:web:1 (1 min 1 s)",
      "✕ failed: create-network network:default (90 ms)",
      "warning: no healthcheck",
    ]);
  });

  test("the same wait with another number is not told again", () => {
    const { progress, lines } = screen(undefined, false);
    for (const seconds of [0, 2, 4]) progress.note(`gate: web: running, ${seconds} s of 10 s`);
    progress.show({ type: "wait", text: "db: is starting" });
    expect(lines()).toEqual(["· gate: web: running, 0 s of 10 s", "· db: is starting"]);
  });
});

test("the summary counts what ended and how long all of it took", () => {
  const { progress, pass } = screen();
  expect(progress.summary()).toBe("");
  progress.show(operation("done"));
  pass(2_800);
  expect(progress.summary()).toBe("1 operation in 2.8 s");
  progress.show(operation("failed", pull));
  expect(progress.summary()).toBe("1 of 2 operations in 2.8 s");
});
