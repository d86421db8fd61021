import { type Fields, fieldsOf, listOf } from "./compare.ts";

/**
 * What the Engine makes of the `Config` it is sent and of the image's own: what the one leaves open, the other says.
 * Source: moby `runconfig` merge at create.
 */
export function expectedConfig(sent: Fields, image: Fields): Fields {
  const hasEntrypoint = Array.isArray(sent["Entrypoint"]);
  const isCleared = JSON.stringify(sent["Entrypoint"]) === '[""]';
  const ownCommand = listOf(sent["Cmd"]).length > 0;
  return {
    ...sent,
    User: sent["User"] || image["User"],
    WorkingDir: sent["WorkingDir"] || image["WorkingDir"],
    Entrypoint:
      hasEntrypoint && (listOf(sent["Entrypoint"]).length > 0 || ownCommand)
        ? entrypoint(sent, isCleared)
        : image["Entrypoint"],
    Cmd: hasEntrypoint && listOf(sent["Entrypoint"]).length > 0 ? sent["Cmd"] : ownCommand ? sent["Cmd"] : image["Cmd"],
    Env: mergedEnvironment(listOf(sent["Env"]), listOf(image["Env"])),
    ExposedPorts: { ...fieldsOf(image["ExposedPorts"]), ...fieldsOf(sent["ExposedPorts"]) },
    Healthcheck: mergedHealthcheck(sent["Healthcheck"], image["Healthcheck"]),
    StopSignal: sent["StopSignal"] || image["StopSignal"],
    StopTimeout: sent["StopTimeout"] ?? image["StopTimeout"],
  };
}

function entrypoint(sent: Fields, isCleared: boolean): unknown {
  return isCleared ? null : sent["Entrypoint"];
}

function mergedEnvironment(sent: readonly string[], image: readonly string[]): readonly string[] {
  const own = new Set(sent.map(nameOf));
  return [...sent, ...image.filter((entry) => !own.has(nameOf(entry)))];
}

/** `DEBUG` of `DEBUG=1`, and of a bare `DEBUG`. */
export function nameOf(variable: string): string {
  return variable.split("=", 1)[0] ?? variable;
}

/** Field by field, where the file's healthcheck leaves one open. */
function mergedHealthcheck(sent: unknown, image: unknown): Fields {
  const own = fieldsOf(sent);
  const base = fieldsOf(image);
  const names = ["Test", "Interval", "Timeout", "StartPeriod", "StartInterval", "Retries"];
  return Object.fromEntries(
    names.map((name) => [name, isOpen(own[name]) ? base[name] : own[name]]).filter(([, value]) => !isOpen(value)),
  );
}

function isOpen(value: unknown): boolean {
  return value === undefined || value === null || value === 0 || (Array.isArray(value) && value.length === 0);
}
