import type { Difference } from "../engine.ts";
import { TALLYMAN_LABEL } from "../label.ts";
import {
  compared,
  comparedInSecret,
  comparedMaps,
  comparedSets,
  type Fields,
  fieldsOf,
  listOf,
  textOf,
} from "./compare.ts";
import { nameOf } from "./expected-config.ts";

/** Where the process of a container is another one than `wanted` says. Both are `Config`s, `wanted` with the image's part in it. */
export function processDifferences(wanted: Fields, found: Fields): readonly Difference[] {
  const text = (field: string, key: string): readonly Difference[] =>
    compared(field, textOf(wanted[key]), textOf(found[key]));
  const flag = (field: string, key: string): readonly Difference[] =>
    compared(field, textOf(wanted[key] ?? false), textOf(found[key] ?? false));
  return [
    ...comparedInSecret("command", argv(wanted["Cmd"]), argv(found["Cmd"])),
    ...comparedInSecret("entrypoint", argv(wanted["Entrypoint"]), argv(found["Entrypoint"])),
    ...comparedMaps(
      (name) => `environment ${name}`,
      environment(wanted["Env"]),
      environment(found["Env"]),
      comparedInSecret,
    ),
    ...labelDifferences(fieldsOf(wanted["Labels"]), fieldsOf(found["Labels"])),
    ...text("user", "User"),
    ...compared("working directory", folder(wanted["WorkingDir"]), folder(found["WorkingDir"])),
    ...text("domain name", "Domainname"),
    ...flag("terminal", "Tty"),
    ...flag("standard input", "OpenStdin"),
    ...compared("stop signal", signal(wanted["StopSignal"]), signal(found["StopSignal"])),
    ...compared("stop grace period", seconds(wanted["StopTimeout"]), seconds(found["StopTimeout"])),
    ...comparedSets("exposed ports", exposed(wanted), exposed(found)),
    ...healthcheckDifferences(fieldsOf(wanted["Healthcheck"]), fieldsOf(found["Healthcheck"])),
  ];
}

function argv(value: unknown): string {
  const words = listOf(value);
  return words.length === 0 ? "" : JSON.stringify(words);
}

/** A bare name takes the image's own variable away: it is there, without a value. */
function environment(value: unknown): ReadonlyMap<string, string> {
  return new Map(listOf(value).map((entry) => [nameOf(entry), entry]));
}

/** The file's own: Compose's and ours say how it came to be, and whatever else is there was put there by somebody else. */
function labelDifferences(wanted: Fields, found: Fields): readonly Difference[] {
  return Object.keys(wanted)
    .filter((name) => !name.startsWith("com.docker.compose.") && !isOurs(name))
    .sort()
    .flatMap((name) => comparedInSecret(`label ${name}`, labelled(wanted[name]), labelled(found[name])));
}

const OURS: readonly string[] = Object.values(TALLYMAN_LABEL);

function isOurs(name: string): boolean {
  return OURS.includes(name);
}

/** An empty label is one, too. */
function labelled(value: unknown): string {
  return value === undefined ? "" : `=${textOf(value)}`;
}

function folder(value: unknown): string {
  const path = textOf(value).replace(/(?<=.)\/+$/, "");
  return path === "/" ? "" : path;
}

function signal(value: unknown): string {
  const name = textOf(value).toUpperCase().replace(/^SIG/, "");
  return name === "" || name === "15" ? "TERM" : name;
}

function seconds(value: unknown): string {
  return value === undefined || value === null ? "" : `${textOf(value)} s`;
}

/** Docker Compose leaves `/tcp` out of what `expose` names. */
function exposed(config: Fields): readonly string[] {
  return Object.keys(fieldsOf(config["ExposedPorts"])).map((port) => (port.includes("/") ? port : `${port}/tcp`));
}

function healthcheckDifferences(wanted: Fields, found: Fields): readonly Difference[] {
  const number = (value: unknown): string => (value === undefined || value === 0 ? "" : textOf(value));
  const durations = ["Interval", "Timeout", "StartPeriod", "StartInterval", "Retries"];
  return [
    ...comparedInSecret("healthcheck", argv(wanted["Test"]), argv(found["Test"])),
    ...durations.flatMap((key) => compared(`healthcheck ${key}`, number(wanted[key]), number(found[key]))),
  ];
}
