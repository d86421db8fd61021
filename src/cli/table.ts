import { plainText } from "./plain-text.ts";

/** A cell: text that may come from outside, or text that was made (and coloured) here. */
export type Cell = string | { readonly shown: string };

/**
 * Aligned columns with two spaces between them and no spaces at line ends; "" when there are no rows. With `columns` lines too long
 * for the terminal lose the end of their last cell.
 */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[], columns?: number): string {
  if (rows.length === 0) return "";
  const lines = [headings.map((heading) => heading.toUpperCase()), ...rows.map((row) => row.map(show))];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => Bun.stringWidth(line[column] ?? ""))));
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  return lines.map((line) => `${pad(shortened(line, (columns ?? Infinity) - before), widths)}\n`).join("");
}

/** `name: value` lines with the values aligned. */
export function fields(pairs: readonly (readonly [name: string, value: Cell])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${`${name}:`.padEnd(width + 3)}${show(value)}`.trimEnd().concat("\n")).join("");
}

function show(cell: Cell): string {
  return typeof cell === "string" ? plainText(cell) : cell.shown;
}

/** The last cell must not be coloured. A heading's width at least is kept. */
function shortened(line: readonly string[], room: number): readonly string[] {
  const last = line.at(-1) ?? "";
  if (Bun.stringWidth(last) <= Math.max(room, 8)) return line;
  let kept = "";
  for (const character of last) {
    if (Bun.stringWidth(kept + character) >= Math.max(room, 8)) break;
    kept += character;
  }
  return [...line.slice(0, -1), `${kept.trimEnd()}…`];
}

function pad(line: readonly string[], widths: readonly number[]): string {
  return line
    .map((text, column) => text + " ".repeat(Math.max(0, (widths[column] ?? 0) - Bun.stringWidth(text))))
    .join("  ")
    .trimEnd();
}
