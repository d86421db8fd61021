import type { Output } from "./tools.ts";

/** The foot of a terminal: lines that are rewritten in place, below everything that stays. */
export interface LiveLines {
  /** Puts `staying` (whole lines) above the foot and makes these lines the foot. Text, not coloured; what is too long is cut off. */
  readonly draw: (staying: string, foot: readonly string[]) => void;
}

const MOST_LINES = 8;
const USUAL_COLUMNS = 80;
/** Between these two a terminal that knows them shows nothing half done; the others leave them out. */
const HOLD = "\u001b[?2026h";
const SHOW = "\u001b[?2026l";
const TO_LINE_END = "\u001b[K";
const TO_SCREEN_END = "\u001b[J";

/** Every change is one piece of text that writes over what was there, so that nothing flickers. */
export function liveLines(output: Output): LiveLines {
  let height = 0;
  let last = "";
  return {
    draw(staying, foot) {
      const shown = fitting(foot).map((line) => `${cut(line, columnsOf(output))}${TO_LINE_END}\n`);
      if (staying === "" && shown.join("") === last) return;
      last = shown.join("");
      const up = height > 0 ? `\u001b[${height}A` : "";
      const above = staying.replaceAll("\n", `${TO_LINE_END}\n`);
      output.write(`${HOLD}${up}${above}${last}${TO_SCREEN_END}${SHOW}`);
      height = shown.length;
    },
  };
}

/** Some terminals say that they have no width at all. */
function columnsOf({ columns }: Output): number {
  return columns || USUAL_COLUMNS;
}

function fitting(foot: readonly string[]): readonly string[] {
  if (foot.length <= MOST_LINES) return foot;
  return [...foot.slice(0, MOST_LINES - 1), `  and ${foot.length - MOST_LINES + 1} more`];
}

/** A line that wraps would take two, and the next drawing would begin in the middle of it. */
function cut(line: string, columns: number): string {
  if (Bun.stringWidth(line) < columns) return line;
  let kept = "";
  for (const character of line) {
    if (Bun.stringWidth(kept + character) >= columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
