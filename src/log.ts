export type Level = "debug" | "info" | "warn" | "error";
export type Log = (level: Level, message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** One JSON object a line off a terminal, a readable line on one. Fields must never hold a secret. */
export function createLog(
  write: (line: string) => void,
  options: { readonly terminal: boolean; readonly now: () => Date },
): Log {
  return (level, message, fields = {}) => {
    const at = options.now().toISOString();
    const line = options.terminal
      ? readable(at, level, message, fields)
      : JSON.stringify({ at, level, message, ...plain(fields) });
    write(`${line}\n`);
  };
}

function readable(at: string, level: Level, message: string, fields: Readonly<Record<string, unknown>>): string {
  const rest = Object.entries(plain(fields)).map(
    ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return [at.slice(11, 19), level.padEnd(5), message, ...rest].join(" ");
}

function plain(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? value.message : value]),
  );
}
