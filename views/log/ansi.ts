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

const ESCAPE = "\u001b";
const BELL = "\u0007";

/**
 * Text of a terminal as coloured runs. Understands the eight colours, bold and dim (SGR, ECMA-48 §8.3.117); every other escape
 * sequence and control character vanishes, and after a carriage return only the last text of a line stays.
 */
export function ansiRuns(line: string): readonly AnsiRun[] {
  const [first = "", ...escaped] = (line.replace(/\r+$/, "").split("\r").at(-1) ?? "").split(ESCAPE);
  const runs = [{ text: first, className: "" }];
  let style = PLAIN;
  for (const part of escaped) {
    const colour = /^\[([0-9;]*)m/.exec(part);
    if (colour) style = styled(style, (colour[1] ?? "").split(";").map(Number));
    runs.push({ text: colour ? part.slice(colour[0].length) : afterEscape(part), className: classOf(style) });
  }
  return runs
    .map(({ text, className }) => ({ text: text.replace(/[^\P{Cc}\t]/gu, ""), className }))
    .filter(({ text }) => text !== "");
}

/** The text alone. */
export function withoutAnsi(line: string): string {
  return ansiRuns(line)
    .map((run) => run.text)
    .join("");
}

/** What is left to show after an escape that is no colour: a title or link (to the bell), a movement, a two-byte sequence. */
function afterEscape(part: string): string {
  if (/^[\]P_^X]/.test(part)) return part.includes(BELL) ? part.slice(part.indexOf(BELL) + 1) : "";
  return part.replace(/^(?:\[[0-?]*[ -/]*[@-~]?|[ -/]*[0-~])/, "");
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
