import { type Context, paintFor } from "./command-context.ts";
import { plainText } from "./plain-text.ts";

/** An error for a person, on stderr: one sentence, and what to do next. Lines of a long message are made safe one by one. */
export function complain(
  context: Context,
  label: string,
  error: { readonly message: string; readonly hint: string },
): void {
  const { stderr } = context.tools;
  const paint = paintFor(context, stderr);
  stderr.write(`${paint(label === "error:" ? "red" : "yellow", label)} ${plainLines(error.message)}\n`);
  if (error.hint) stderr.write(`${paint("blue", "hint:")} ${plainLines(error.hint)}\n`);
}

function plainLines(text: string): string {
  return text.split("\n").map(plainText).join("\n");
}
