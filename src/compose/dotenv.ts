import { type Substitution, substitute } from "./interpolate.ts";

/**
 * Reads the text of a `.env`, env_file or label_file into `found`, which may hold the variables of files before. `lookup` answers
 * before what was found so far; a bare key takes its value or stays absent. Throws Error with Docker Compose's sentence.
 * Source: compose-go's dotenv grammar.
 */
export function parseDotenv(
  text: string,
  substitution: Substitution,
  found: Map<string, string> = new Map(),
): ReadonlyMap<string, string> {
  const source = `${text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n")}\n`;
  return new DotenvReader(source, substitution, found).read();
}

/** The raw format: a `KEY=value` on each line, nothing else means anything. Source: docker/cli's kvfile. */
export function parseRawVariables(
  text: string,
  { lookup }: Substitution,
  found: Map<string, string> = new Map(),
): ReadonlyMap<string, string> {
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const assignment = line.trimStart();
    if (assignment === "" || assignment.startsWith("#")) continue;
    const [name = "", ...value] = assignment.split("=");
    if (/\s/.test(name)) throw new Error(`variable '${name}' contains whitespaces`);
    if (name === "") throw new Error(`no variable name on line '${assignment}'`);
    const known = value.length > 0 ? value.join("=") : lookup(name);
    if (known !== undefined) found.set(name, known);
  }
  return found;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  $: "$$",
};

class DotenvReader {
  private readonly text: string;
  private readonly outer: Substitution;
  private readonly found: Map<string, string>;
  private at = 0;
  private line = 1;

  constructor(text: string, outer: Substitution, found: Map<string, string>) {
    this.text = text;
    this.outer = outer;
    this.found = found;
  }

  read(): ReadonlyMap<string, string> {
    while (this.skipToStatement()) this.statement();
    return this.found;
  }

  /** Behind white space and comments; false at the end. */
  private skipToStatement(): boolean {
    for (;;) {
      this.skip(/\s*/y);
      if (this.at >= this.text.length) return false;
      if (this.text[this.at] !== "#") return true;
      this.skip(/[^\n]*/y);
    }
  }

  private statement(): void {
    this.skip(/export[ \t]+/y);
    const key = this.key();
    if (key.inherited) {
      const value = this.outer.lookup(key.name);
      if (value !== undefined) this.found.set(key.name, value);
      return;
    }
    this.found.set(key.name, this.value());
  }

  private key(): { readonly name: string; readonly inherited: boolean } {
    const raw = this.skip(/[^=:\n]*/y);
    const separator = this.text[this.at];
    const name = raw.trim();
    const odd = /[^\p{L}\p{N}_.\-[\]\s]/u.exec(name)?.[0];
    const lineText = this.text.slice(this.at - raw.length).split("\n", 1)[0] ?? "";
    if (odd)
      throw this.wrong(`unexpected character ${JSON.stringify(odd)} in variable name ${JSON.stringify(lineText)}`);
    if (/\s/.test(name)) throw this.wrong("key cannot contain a space");
    if (separator === "\n") return { name, inherited: true };
    this.at += 1;
    this.skip(/[ \t\v\f\r\u0085\u00a0]*/y);
    return { name, inherited: false };
  }

  private value(): string {
    const quote = this.text[this.at];
    if (quote === '"' || quote === "'") return this.quoted(quote);
    const line = this.skip(/[^\n]*/y);
    return this.expand((line.split(" #", 1)[0] ?? "").trimEnd());
  }

  private quoted(quote: string): string {
    const start = this.at + 1;
    let end = start;
    while (end < this.text.length && this.text[end] !== quote) end += this.text[end] === "\\" ? 2 : 1;
    if (end >= this.text.length) throw this.unterminated();
    const raw = this.text.slice(start, end);
    this.advanceTo(end + 1);
    if (quote === "'") return raw.replaceAll("\\'", "'");
    return this.expand(decodeEscapes(raw.replaceAll('\\"', '"')));
  }

  /** Shows one line alone, and where the reading ended. */
  private unterminated(): Error {
    const [shown = ""] = this.text.slice(this.at).split("\n", 1);
    this.advanceTo(this.text.length - 1);
    return this.wrong(`unterminated quoted value ${shown}`);
  }

  private expand(text: string): string {
    const lookup = (name: string) => this.outer.lookup(name) ?? this.found.get(name);
    return substitute(text, { ...this.outer, lookup });
  }

  private skip(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const matched = pattern.exec(this.text)?.[0] ?? "";
    this.advanceTo(this.at + matched.length);
    return matched;
  }

  private advanceTo(end: number): void {
    for (; this.at < end; this.at += 1) if (this.text[this.at] === "\n") this.line += 1;
  }

  private wrong(message: string): Error {
    return new Error(`line ${this.line}: ${message}`);
  }
}

/** `\$` becomes `$$`, which the expansion that follows turns into a literal `$`. */
function decodeEscapes(text: string): string {
  return text.replace(/\\(0[0-7]{0,3}|.)/g, (whole, code: string) => {
    if (code.startsWith("0") && code.length > 1) return String.fromCharCode(Number.parseInt(code, 8));
    return ESCAPES[code] ?? whole;
  });
}
