const ESC = "\u001b";
const BELL = "\u0007";
/** Control sequences, strings up to their terminator, and two-character escapes. Source: ECMA-48 §5.3–5.6. */
const SEQUENCE = new RegExp(
  [
    String.raw`${ESC}\[[0-?]*[ -/]*[@-~]`,
    String.raw`${ESC}\][^${BELL}${ESC}]*(?:${BELL}|${ESC}\\)?`,
    String.raw`${ESC}[PX^_][^${ESC}]*(?:${ESC}\\)?`,
    `${ESC}[ -/]*[0-~]`,
  ].join("|"),
  "g",
);
const COLOUR = new RegExp(String.raw`^${ESC}\[[0-9;:]*m$`);
/** Everything invisible but the tab: control characters, and those that turn the direction of text around. */
const CONTROL = /(?!\t)[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** One line of text from outside (commit messages, names, container output) without anything that could steer a terminal. */
export function plainText(text: string): string {
  return text.replace(SEQUENCE, "").replace(CONTROL, "");
}

/** As `plainText`, but colours stay and end with the line. */
export function colouredText(text: string): string {
  const kept: string[] = [];
  let end = 0;
  for (const match of text.matchAll(SEQUENCE)) {
    kept.push(text.slice(end, match.index).replace(CONTROL, ""));
    if (COLOUR.test(match[0])) kept.push(match[0]);
    end = match.index + match[0].length;
  }
  kept.push(text.slice(end).replace(CONTROL, ""));
  const joined = kept.join("");
  return joined.includes("\u001b") ? `${joined}\u001b[0m` : joined;
}
