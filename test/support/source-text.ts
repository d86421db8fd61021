/** Source with every comment, and if asked every string's inside, turned into spaces: same length, same lines. */
export function blanked(source: string, alsoStrings: boolean): string {
  let out = "";
  let at = 0;
  const keep = (length: number): void => {
    out += source.slice(at, at + length);
    at += length;
  };
  const blank = (end: number): void => {
    out += source.slice(at, end).replace(/[^\n]/g, " ");
    at = end;
  };
  while (at < source.length) {
    const two = source.slice(at, at + 2);
    const one = source[at] ?? "";
    if (two === "//") blank(endOr(source.indexOf("\n", at), source.length));
    else if (two === "/*") blank(endOr(source.indexOf("*/", at + 2), source.length - 2) + 2);
    else if (one === '"' || one === "'" || one === "`") {
      const end = stringEnd(source, at);
      if (end === null || !alsoStrings) keep(end === null ? 1 : end - at);
      else {
        keep(1);
        blank(end - 1);
        keep(1);
      }
    } else if (one === "/" && startsRegex(out)) {
      const end = regexEnd(source, at);
      if (alsoStrings) blank(end);
      else keep(end - at);
    } else keep(1);
  }
  return out;
}

function endOr(index: number, fallback: number): number {
  return index < 0 ? fallback : index;
}

/** One past the closing quote. A quote without a partner on its line is text between tags, not a string. Nested templates are whole. */
function stringEnd(source: string, start: number): number | null {
  const quote = source[start];
  for (let at = start + 1; at < source.length; at += 1) {
    const one = source[at];
    if (one === "\\") at += 1;
    else if (one === quote) return at + 1;
    else if (one === "\n" && quote !== "`") return null;
    else if (quote === "`" && one === "$" && source[at + 1] === "{") at = holeEnd(source, at + 2);
  }
  return null;
}

/** The index of the brace that closes a template's hole. */
function holeEnd(source: string, start: number): number {
  let depth = 1;
  for (let at = start; at < source.length; at += 1) {
    const one = source[at];
    if (one === "`" || one === '"' || one === "'") at = (stringEnd(source, at) ?? at + 1) - 1;
    else if (one === "{") depth += 1;
    else if (one === "}") depth -= 1;
    if (depth === 0) return at;
  }
  return source.length;
}

function startsRegex(before: string): boolean {
  const tail = before.trimEnd();
  return tail === "" || /(?:[(,=:[!&|?{};>+]|\breturn|\bcase|\btypeof)$/.test(tail);
}

function regexEnd(source: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < source.length; at += 1) {
    const one = source[at];
    if (one === "\n") return start + 1;
    if (one === "\\") at += 1;
    else if (one === "[") inClass = true;
    else if (one === "]") inClass = false;
    else if (one === "/" && !inClass) return at + 1;
  }
  return start + 1;
}

/** What a file imports or re-exports, types too, as written. */
export function importsOf(source: string): readonly string[] {
  const code = blanked(source, false);
  const patterns = [
    /^\s*(?:import|export)\s[^"'`;]*?\bfrom\s*["']([^"']+)["']/gm,
    /^\s*import\s*["']([^"']+)["']/gm,
    /\b(?:import|require|require\.resolve)\(\s*["']([^"']+)["']/gm,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1] ?? ""));
}

export interface FoundFunction {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

const CONTROL = new Set(["if", "for", "while", "switch", "catch", "with", "await"]);

/** Every function with a body in braces: where it begins and how many lines it has, head included. */
export function functionsOf(source: string): readonly FoundFunction[] {
  const code = blanked(source, true);
  const found: FoundFunction[] = [];
  for (let at = code.indexOf("("); at >= 0; at = code.indexOf("(", at + 1)) {
    const word = /([\w$#]+)\s*(?:<[^()]*>)?\s*$/.exec(code.slice(Math.max(0, at - 80), at))?.[1] ?? "";
    if (CONTROL.has(word)) continue;
    const body = bodyStart(code, closing(code, at) + 1);
    if (body === null) continue;
    const line = lineOf(code, at);
    found.push({ name: word || "=>", line, lines: lineOf(code, closing(code, body)) - line + 1 });
  }
  return found;
}

/** The index of the brace that opens the body of a head whose parameters ended before `at`; null when no body follows. */
function bodyStart(code: string, at: number): number | null {
  let index = skipSpace(code, at);
  if (code[index] === "{") return index;
  if (code[index] === ":") {
    const end = returnTypeEnd(code, index + 1);
    if (end === null) return null;
    index = end;
    if (code[index] === "{") return index;
  }
  if (!code.startsWith("=>", index)) return null;
  index = skipSpace(code, index + 2);
  return code[index] === "{" ? index : null;
}

/** Where a return type ends: at the body's brace or at the arrow; null when it is no return type with a body after all. */
function returnTypeEnd(code: string, start: number): number | null {
  let expectsType = true;
  for (let at = start; at < code.length; at += 1) {
    const one = code[at] ?? "";
    if (/\s/.test(one)) continue;
    if (code.startsWith("=>", at)) return at;
    if (one === "{" && !expectsType) return at;
    if (one === "{" || one === "(" || one === "[" || one === "<") {
      at = one === "<" ? closingAngle(code, at) : closing(code, at);
      expectsType = false;
      continue;
    }
    if (";,)=}?".includes(one)) return null;
    expectsType = one === "|" || one === "&";
    if (/\w/.test(one)) {
      const word = /^\w+/.exec(code.slice(at))?.[0] ?? one;
      expectsType = ["is", "keyof", "readonly", "extends", "typeof"].includes(word);
      at += word.length - 1;
    }
  }
  return null;
}

function closing(code: string, open: number): number {
  const pairs: Readonly<Record<string, string>> = { "(": ")", "{": "}", "[": "]" };
  const from = code[open] ?? "";
  const to = pairs[from];
  let depth = 0;
  for (let at = open; at < code.length; at += 1) {
    if (code[at] === from) depth += 1;
    else if (code[at] === to) depth -= 1;
    if (depth === 0) return at;
  }
  return code.length;
}

function closingAngle(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at += 1) {
    if (code[at] === "<") depth += 1;
    else if (code[at] === ">" && code[at - 1] !== "=") depth -= 1;
    if (depth === 0) return at;
  }
  return code.length;
}

function skipSpace(code: string, at: number): number {
  let index = at;
  while (/\s/.test(code[index] ?? "x")) index += 1;
  return index;
}

function lineOf(code: string, index: number): number {
  return code.slice(0, index).split("\n").length;
}
