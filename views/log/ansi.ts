/** A run of text in one colour; `className` is "" for plain. */
export interface AnsiRun {
  readonly text: string;
  readonly className: string;
}

interface Style {
  readonly colour: string;
  readonly bold: boolean;
  readonly dim: boolean;
}

const PLAIN: Style = { colour: "", bold: false, dim: false };
const COLOURS = ["k", "r", "g", "y", "b", "m", "c", "w"];

/**
 * Text of a terminal as coloured runs. Understands the eight colours, bold and dim (SGR, ECMA-48 §8.3.117); every other escape
 * sequence and control character vanishes, and after a carriage return only the last text of a line stays.
 */
export function ansiRuns(line: string): readonly AnsiRun[] {
  const shown = line.replace(/\r+$/, "").split("\r").at(-1) ?? "";
  const runs: AnsiRun[] = [];
  let style = PLAIN;
  for (const part of withoutOtherEscapes(shown).split(/(\u001b\[[0-9;]*m)/)) {
    if (part.startsWith("\u001b[")) style = styled(style, part.slice(2, -1).split(";").map(Number));
    else if (part !== "") runs.push({ text: part.replace(/[^\P{Cc}\t]/gu, ""), className: classOf(style) });
  }
  return runs;
}

/** The text alone. */
export function withoutAnsi(line: string): string {
  return ansiRuns(line)
    .map((run) => run.text)
    .join("");
}

/** Titles and links (OSC), cursor movement and the rest (CSI other than SGR, two-byte escapes). */
function withoutOtherEscapes(text: string): string {
  return text
    .replace(/\u001b[\]P_^X][^\u0007\u001b]*(?:\u0007|\u001b\\)?/g, "")
    .replace(/\u001b\[(?![0-9;]*m)[0-?]*[ -/]*[@-~]?/g, "")
    .replace(/\u001b(?!\[)[ -/]*[0-~]?/g, "");
}

function styled(before: Style, codes: readonly number[]): Style {
  let style = before;
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? 0;
    // 38/48 introduce a palette index (5;n) or RGB (2;r;g;b): those numbers are no codes of their own.
    if (code === 38 || code === 48) index += codes[index + 1] === 5 ? 2 : 4;
    else style = afterCode(style, code);
  }
  return style;
}

function afterCode(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 39) return { ...style, colour: "" };
  const colour = (code >= 30 && code <= 37) || (code >= 90 && code <= 97) ? COLOURS[code % 10] : undefined;
  return colour === undefined ? style : { ...style, colour };
}

function classOf({ colour, bold, dim }: Style): string {
  return [colour, bold ? "bold" : "", dim ? "t" : ""].filter(Boolean).join(" ");
}
