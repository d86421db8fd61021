import { plainText } from "./plain-text.ts";

/** A cell: text that may come from outside, or text that was made (and coloured) here. */
export type Cell = string | { readonly shown: string };

/** Aligned columns with two spaces between them and no spaces at line ends; "" when there are no rows. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return "";
  const lines = [headings.map((heading) => heading.toUpperCase()), ...rows.map((row) => row.map(show))];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => Bun.stringWidth(line[column] ?? ""))));
  return lines.map((line) => `${pad(line, widths)}\n`).join("");
}

/** `name: value` lines with the values aligned. */
export function fields(pairs: readonly (readonly [name: string, value: Cell])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${`${name}:`.padEnd(width + 3)}${show(value)}`.trimEnd().concat("\n")).join("");
}

function show(cell: Cell): string {
  return typeof cell === "string" ? plainText(cell) : cell.shown;
}

function pad(line: readonly string[], widths: readonly number[]): string {
  return line
    .map((text, column) => text + " ".repeat(Math.max(0, (widths[column] ?? 0) - Bun.stringWidth(text))))
    .join("  ")
    .trimEnd();
}
