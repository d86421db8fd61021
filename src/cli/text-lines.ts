/** A line longer than this is given out in pieces, so that a broken sender cannot fill the memory. */
const LONGEST_LINE = 1_048_576;

/** Splits chunks of text into lines ending in LF or CRLF; an unfinished last line counts when it is not empty. */
export async function* textLines(chunks: AsyncIterable<string>): AsyncIterable<string> {
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
    if (rest.length > LONGEST_LINE) {
      yield rest;
      rest = "";
    }
  }
  if (rest !== "") yield rest;
}
