type Step =
  | { readonly kind: "is"; readonly text: string }
  /** `?`, `*`, `**` at the end, and `**` before more: either nothing, or whole names up to a slash. */
  | { readonly kind: "one" | "some" | "rest" | "maybe" | "names" }
  | { readonly kind: "class"; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] };

interface Rule {
  readonly steps: readonly Step[];
  readonly keeps: boolean;
  /** What every path that it matches begins with. */
  readonly literal: string;
}

export interface IgnoreRules {
  /** Whether the file or directory is left out of the context. */
  readonly ignores: (path: string) => boolean;
  /** Whether something below an ignored directory may be wanted after all (`!`). */
  readonly mayKeepBelow: (directory: string) => boolean;
}

/**
 * A `.dockerignore`: the last rule that matches a path or one of its parents decides. Matched step by step, never with a regular
 * expression, for the rules are a stranger's and may not cost more than path times pattern; that, and wrong answers for `+`, `(` and
 * names such as `constructor`, kept a library out. Source: moby/patternmatcher.
 */
export function ignoreRules(text: string): IgnoreRules {
  const rules = text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .flatMap(parseRule);
  const keeping = rules.filter(({ keeps }) => keeps);
  return {
    ignores(path) {
      const parts = path.split("/");
      const paths = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
      return rules.findLast((rule) => paths.some((one) => matches(rule.steps, one)))?.keeps === false;
    },
    mayKeepBelow: (directory) =>
      keeping.some(({ literal }) => literal.startsWith(`${directory}/`) || `${directory}/`.startsWith(literal)),
  };
}

function parseRule(line: string): readonly Rule[] {
  if (line.startsWith("#")) return [];
  const trimmed = line.trim();
  const keeps = trimmed.startsWith("!");
  const pattern = cleanPath(keeps ? trimmed.slice(1).trim() : trimmed);
  if (pattern === "") return [];
  return [{ keeps, steps: stepsOf(pattern), literal: /^[^*?[\\]*/.exec(pattern)?.[0] ?? "" }];
}

/** Without `.`, `..`, doubled and outer slashes; what climbs out of the context stays, and matches nothing. */
function cleanPath(path: string): string {
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else kept.push(part);
  }
  return kept.join("/");
}

function stepsOf(pattern: string): readonly Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < pattern.length; ) {
    const [step, length] = stepAt(pattern, at);
    steps.push(step, ...(step.kind === "maybe" ? [{ kind: "names" } as const] : []));
    at += length;
  }
  return steps;
}

function stepAt(pattern: string, at: number): readonly [Step, number] {
  const deep = /^\*\*+\/?/.exec(pattern.slice(at))?.[0].length ?? 0;
  if (deep > 0) return [{ kind: at + deep === pattern.length ? "rest" : "maybe" }, deep];
  const char = pattern.charAt(at);
  if (char === "*") return [{ kind: "some" }, 1];
  if (char === "?") return [{ kind: "one" }, 1];
  if (char === "\\" && at + 1 < pattern.length) return [{ kind: "is", text: pattern.charAt(at + 1) }, 2];
  const group = char === "[" ? /^\[(\^?)((?:\\.|[^\]\\])+)\]/.exec(pattern.slice(at)) : null;
  if (group) return [{ kind: "class", negated: group[1] === "^", ranges: rangesOf(group[2] ?? "") }, group[0].length];
  return [{ kind: "is", text: char }, 1];
}

function rangesOf(inner: string): readonly (readonly [string, string])[] {
  return [...inner.matchAll(/(\\.|[^\\])(?:-(\\.|[^\\]))?/g)].map(([, from = "", to = from]) => [
    from.slice(-1),
    to.slice(-1),
  ]);
}

/** Keeps the set of places in the pattern that a prefix of the path can have reached. */
function matches(steps: readonly Step[], path: string): boolean {
  let reached = withSkips(steps, new Set([0]));
  for (let at = 0; at < path.length && reached.size > 0; at += 1) {
    const next = [...reached].flatMap((place) => after(steps[place], place, path.charAt(at)));
    reached = withSkips(steps, new Set(next));
  }
  return reached.has(steps.length);
}

/** Where the pattern can stand once the step at `place` has met a character. */
function after(step: Step | undefined, place: number, char: string): readonly number[] {
  if (!step) return [];
  switch (step.kind) {
    case "maybe":
      return [];
    case "some":
      return char === "/" ? [] : [place];
    case "rest":
      return [place];
    case "names":
      return char === "/" ? [place, place + 1] : [place];
    case "is":
    case "one":
    case "class":
      return takes(step, char) ? [place + 1] : [];
  }
}

/** A wildcard may also stand for nothing. */
function withSkips(steps: readonly Step[], places: Set<number>): ReadonlySet<number> {
  for (const place of places) {
    const kind = steps[place]?.kind;
    if (kind === "some" || kind === "rest" || kind === "maybe") places.add(place + 1);
    if (kind === "maybe") places.add(place + 2);
  }
  return places;
}

function takes(step: Step, char: string): boolean {
  if (step.kind === "is") return step.text === char;
  if (char === "/") return false;
  if (step.kind === "one") return true;
  return step.kind === "class" && step.ranges.some(([from, to]) => from <= char && char <= to) !== step.negated;
}
