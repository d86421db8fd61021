import { type Command, Option } from "commander";
import {
  type Config,
  type Flags,
  type ReadOptions,
  readConfig,
  SETTINGS,
  type SettingName,
  showVariables,
} from "../config.ts";
import { type Client, connect } from "./client.ts";
import type { ExitCode } from "./exit-code.ts";
import { type Paint, paintWith, usesColour } from "./style.ts";
import type { Output, Tools } from "./tools.ts";

/** What every verb is given: the tools, and where it says how it ended. */
export interface Context {
  readonly tools: Tools;
  readonly end: (code: ExitCode) => void;
}

/** What a verb of the daemon works with. */
export interface Session {
  readonly config: Config;
  readonly client: Client;
  readonly json: boolean;
  readonly paint: Paint;
  readonly print: (text: string) => void;
  /** Of the terminal, when there is one. */
  readonly columns: number | undefined;
  readonly printJson: (value: unknown) => void;
}

/** Options as commander collected them, those of the parents included. */
export type Options = Flags & { readonly json?: boolean };

/** `defaults` are the command's own, for the help. */
export function addSettings(command: Command, names: readonly SettingName[], defaults: Flags = {}): Command {
  for (const name of names) {
    const { flag, about, fallback } = SETTINGS[name];
    const note = `${showVariables(SETTINGS[name])}; default: ${defaults[name] ?? fallback}`;
    command.addOption(new Option(flag, `${about} (${note})`));
  }
  return command;
}

const CLIENT_SETTINGS = ["root", "url", "token"] as const;

/** A command that asks the daemon. */
export function clientCommand(parent: Command, nameAndArguments: string, about: string): Command {
  const command = parent.command(nameAndArguments).description(about);
  return addSettings(addJson(command), CLIENT_SETTINGS);
}

export function addJson(command: Command): Command {
  return command.option("--json", "print JSON");
}

export function openSession(context: Context, command: Command): Session {
  const options = command.optsWithGlobals<Options>();
  const config = readConfig(settingsOf(options), context.tools.host, { only: CLIENT_SETTINGS });
  return {
    config,
    client: connect(config, context.tools.signal),
    json: options.json === true,
    paint: paintFor(context, context.tools.stdout),
    print: context.tools.stdout.write,
    columns: columnsOf(context.tools.stdout),
    printJson: (value) => context.tools.stdout.write(`${JSON.stringify(value, null, 2)}\n`),
  };
}

export function configOf(context: Context, command: Command, options: ReadOptions = {}): Config {
  return readConfig(settingsOf(command.optsWithGlobals<Options>()), context.tools.host, options);
}

/** For a command that talks to the Engine and to nobody else. */
export function engineConfigOf(context: Context, command: Command): Config {
  return configOf(context, command, { only: ["dockerHost"] });
}

export function paintFor(context: Context, output: Output): Paint {
  return paintWith(usesColour(output, context.tools.host.environment));
}

/** Undefined off a terminal, and on one that says it has no width: there nothing is cut off. */
export function columnsOf(output: Output): number | undefined {
  return output.isTerminal ? output.columns || undefined : undefined;
}

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** `stack add` has an `--interval` of its own, so only what a command declared as a setting counts; all others are left alone. */
function settingsOf(options: Options): Flags {
  return Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, options[name as SettingName]]));
}
