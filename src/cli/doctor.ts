import type { Command } from "commander";
import type { Config } from "../config.ts";
import { asTallymanError } from "../error.ts";
import { connect } from "./client.ts";
import { addJson, addSettings, type Context, configOf, paintFor } from "./command-context.ts";
import { type DoctorReport, examine } from "./doctor-checks.ts";
import { EXIT } from "./exit-code.ts";
import { plainText } from "./plain-text.ts";
import { SERVE_SETTINGS } from "./serve.ts";
import { type Paint, showOutcome } from "./style.ts";

/** A running daemon examines itself, for it knows what it was started with; without one this process looks. */
export function addDoctor(program: Command, context: Context): void {
  const command = program.command("doctor").description("check this host, and say what to do; needs no daemon");
  addSettings(addJson(command), [...SERVE_SETTINGS, "url", "token"]).action(
    async (options: { json?: boolean }, self: Command) => {
      const { tools } = context;
      const config = configOf(context, self);
      const fromDaemon = await askDaemon(config, tools.signal);
      if (fromDaemon === null) tools.stderr.write(`no daemon runs for ${config.root}; checking from here\n`);
      const report = fromDaemon ?? (await examineHere(config, context));
      if (options.json) tools.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      else tools.stdout.write(showReport(report, paintFor(context, tools.stdout)));
      if (!report.ok) context.end(EXIT.failed);
    },
  );
}

async function askDaemon(config: Config, signal: AbortSignal): Promise<DoctorReport | null> {
  const client = connect(config, signal);
  return client.json<DoctorReport>("/doctor").catch((thrown: unknown) => {
    // A daemon that was named and does not answer is an error; one that merely does not run is not.
    if (config.url === null && asTallymanError(thrown).reason === "DaemonUnreachable") return null;
    throw thrown;
  });
}

async function examineHere(config: Config, { tools }: Context): Promise<DoctorReport> {
  const parts = {
    config,
    host: tools.host,
    probes: tools.doctor,
    daemonRuns: false,
    builtAt: tools.build.builtAt,
    now: tools.now,
  };
  return examine(parts, AbortSignal.any([tools.signal, AbortSignal.timeout(30_000)]));
}

function showReport(report: DoctorReport, paint: Paint): string {
  const width = Math.max(...report.checks.map(({ name }) => name.length));
  return report.checks
    .map(({ name, ok, detail, fix }) => {
      const mark = ok ? showOutcome("ok", paint) : paint("red", "✕ no");
      const next = fix === "" ? "" : `${" ".repeat(width + 8)}${paint("blue", "→")} ${plainText(fix)}\n`;
      return `${mark}  ${plainText(name).padEnd(width + 2)}${plainText(detail)}\n${next}`;
    })
    .join("");
}
