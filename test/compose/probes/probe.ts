/** One small project: path → text below the project directory. `compose.yaml` is loaded unless the command names other files. */
export interface Probe {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** As given by `-f`. */
  readonly given?: readonly string[];
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** A project of one service `web` with these lines beside its image. */
export function web(lines: string, others: Readonly<Record<string, string>> = {}): Probe {
  const body = lines
    .split("\n")
    .map((line) => `    ${line}\n`)
    .join("");
  return { name: lines, files: { "compose.yaml": `services:\n  web:\n    image: a\n${body}`, ...others } };
}

/** A project that is this text. */
export function whole(text: string, others: Readonly<Record<string, string>> = {}): Probe {
  return { name: text, files: { "compose.yaml": text, ...others } };
}

/** Two files, the second laid over the first; each is what stands in `services: { web: … }`. */
export function over(base: string, override: string): Probe {
  const file = (service: string) => `services:\n  web: ${service}\n`;
  return {
    name: `${base} under ${override}`,
    files: { "a.yaml": file(base), "b.yaml": file(override) },
    given: ["a.yaml", "b.yaml"],
  };
}
