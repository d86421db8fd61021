import { Command, CommanderError, Help, type Option } from "commander";
import { SETTINGS } from "../config.ts";
import { asTallymanError } from "../error.ts";
import { addSettings, type Context } from "./command-context.ts";
import { complain } from "./complain.ts";
import { addCompose } from "./compose.ts";
import { addDemo } from "./demo.ts";
import { addDeploy } from "./deploy.ts";
import { addDoctor } from "./doctor.ts";
import { addEvents } from "./events.ts";
import { EXIT, type ExitCode, exitCodeOf } from "./exit-code.ts";
import { addHistory } from "./history.ts";
import { addHostKey } from "./host-key.ts";
import { addLogs } from "./logs.ts";
import { addPlan } from "./plan.ts";
import { addRegistry } from "./registry.ts";
import { addResume } from "./resume.ts";
import { addRetry } from "./retry.ts";
import { addRollback } from "./rollback.ts";
import { addServe } from "./serve.ts";
import { addStack } from "./stack.ts";
import { addStart } from "./start.ts";
import { addStatus } from "./status.ts";
import { addStop } from "./stop.ts";
import { addSuspend } from "./suspend.ts";
import type { Tools } from "./tools.ts";
import { addSecret, addVariable } from "./variable.ts";
import { addVersion } from "./version.ts";
import { addWorkerImage } from "./worker-image.ts";

/** Runs one command line (without the program's own name) and answers with its exit code; never throws, never exits. */
export async function runCli(argv: readonly string[], tools: Tools): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const context: Context = { tools, end: (ended) => (code = ended) };
  try {
    await buildProgram(context, argv).parseAsync([...argv], { from: "user" });
    return code;
  } catch (thrown) {
    return reportFailure(thrown, context);
  }
}

/**
 * The command line as a value: what runs, and what the help and the documentation are made from. When `argv` begins with a verb, that one
 * alone is made: the others would take longer than many a verb itself.
 */
export function buildProgram(context: Context, argv: readonly string[] = []): Command {
  const program = new Command("tallyman")
    .description("Polls Git and keeps one Docker host running what the Compose files there ask for.")
    .configureOutput({ writeOut: context.tools.stdout.write, writeErr: context.tools.stderr.write })
    .configureHelp({ helpWidth: 100, visibleOptions: settingsLast })
    .exitOverride();
  program.version(context.tools.build.version, "--version", "print the version alone");
  addSettings(program, ["root"]);
  const asked = VERBS.get(argv[0] ?? "");
  for (const add of asked ? [asked] : VERBS.values()) add(program, context, argv.slice(1));
  explainUsage(program);
  return program;
}

const VERBS: ReadonlyMap<string, (program: Command, context: Context, argv: readonly string[]) => void> = new Map([
  ["serve", addServe],
  ["demo", addDemo],
  ["compose", addCompose],
  ["stack", addStack],
  ["plan", addPlan],
  ["deploy", addDeploy],
  ["rollback", addRollback],
  ["retry", addRetry],
  ["stop", addStop],
  ["start", addStart],
  ["suspend", addSuspend],
  ["resume", addResume],
  ["status", addStatus],
  ["history", addHistory],
  ["logs", addLogs],
  ["events", addEvents],
  ["secret", addSecret],
  ["variable", addVariable],
  ["registry", addRegistry],
  ["host-key", addHostKey],
  ["doctor", addDoctor],
  ["worker-image", addWorkerImage],
  ["version", addVersion],
]);

/** A verb's own options are what its help is read for. */
function settingsLast(command: Command): Option[] {
  const isSetting = (option: Option): boolean => Object.values(SETTINGS).some(({ flag }) => flag === option.flags);
  const options = new Help().visibleOptions(command);
  return [...options.filter((option) => !isSetting(option)), ...options.filter(isSetting)];
}

function explainUsage(command: Command): void {
  const path = command.createHelp().commandUsage(command);
  command.showHelpAfterError(`usage: ${path}\nhint: ${pathOf(command)} --help says more.`);
  for (const child of command.commands) explainUsage(child);
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

function reportFailure(thrown: unknown, context: Context): ExitCode {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.done : EXIT.usage;
  const { tools } = context;
  const error = asTallymanError(thrown);
  const isOurs = error.reason === "Interrupted" && tools.signal.aborted;
  // Somebody pressed Ctrl-C: worth a word only where something is left in the middle.
  if (isOurs && error.hint === "") return EXIT.failed;
  complain(context, isOurs ? "interrupted:" : "error:", error);
  return exitCodeOf(error.reason);
}
