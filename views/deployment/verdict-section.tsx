import type { ServiceVerdict } from "../../src/deployment.ts";
import { h, type Markup } from "../h.ts";
import { withoutAnsi } from "../log/ansi.ts";
import { logTail } from "../log/log-lines.tsx";
import { routes } from "../routes.ts";
import { verdictMark } from "../state.tsx";
import { exactTime } from "../time-text.ts";

const CHECK_LINES = 6;
const CHECK_LINE_LENGTH = 300;

/** What the gate said: the well ones in a line each, the others with their evidence. */
export function verdictSections(stackName: string, verdicts: readonly ServiceVerdict[]): Markup {
  const well = verdicts.filter((one) => one.verdict === "healthy");
  const ailing = verdicts.filter((one) => one.verdict !== "healthy");
  return (
    <div id="deployment-verdicts" class="slot">
      {ailing.map((one) => ailingSection(stackName, one))}
      {well.length === 0 ? null : wellSection(well)}
    </div>
  );
}

function wellSection(verdicts: readonly ServiceVerdict[]): Markup {
  return (
    <section class="sheet" aria-labelledby="well-title">
      <header>
        <h2 id="well-title">Proved healthy</h2>
      </header>
      <ul class="rows">
        {verdicts.map((one) => (
          <li class="row verdict">
            <b class="cut">{one.service}</b>
            {verdictMark(one.verdict, one.summary)}
          </li>
        ))}
      </ul>
    </section>
  );
}

function ailingSection(stackName: string, one: ServiceVerdict): Markup {
  const { logTail: lines, healthLog } = one.evidence;
  const id = `verdict-${one.service}`;
  return (
    <section class="sheet" aria-labelledby={id}>
      <header>
        <h2 id={id}>{one.service}</h2>
        {verdictMark(one.verdict, one.summary)}
        <span class="fill" />
        <a class="btn plain" href={routes.logs(stackName, one.service)}>
          All logs
        </a>
      </header>
      {exitCodes(one)}
      {healthLog.length === 0 ? null : healthChecks(one)}
      {lines.length === 0 ? <p class="pad quiet">It wrote nothing to its log.</p> : logTail(lines)}
    </section>
  );
}

function exitCodes({ evidence }: ServiceVerdict): Markup | null {
  const codes = evidence.exitCodes;
  if (codes.length === 0) return null;
  return (
    <p class="evidence">
      <span class="faint">{codes.length === 1 ? "Exit code" : "Exit codes"}</span>
      <span class="num">{codes.join(", ")}</span>
      <span class="quiet">{meaningOf(codes.at(-1) ?? 0)}</span>
    </p>
  );
}

/** The end of what a check printed: there it says what it missed. */
function outputOf(output: string): string {
  const lines = output.trim().split("\n").slice(-CHECK_LINES);
  return lines.map((line) => withoutAnsi(line.slice(0, CHECK_LINE_LENGTH))).join("\n");
}

/** What everybody looks up. Source: Docker's `run` reference (125–127) and 128 + signal. */
function meaningOf(code: number): string {
  const meanings: Readonly<Record<number, string>> = {
    126: "the command cannot be run",
    127: "the command was not found",
    134: "aborted (SIGABRT)",
    137: "killed (SIGKILL): often out of memory",
    139: "crashed (SIGSEGV)",
    143: "ended by SIGTERM",
  };
  return meanings[code] ?? "";
}

function healthChecks({ evidence }: ServiceVerdict): Markup {
  return (
    <ul class="evidence checks" aria-label="Health checks">
      {evidence.healthLog.map((check) => (
        <li>
          <span class={`num ${check.exitCode === 0 ? "good" : "bad"}`}>
            {check.exitCode === 0 ? "passed" : `failed (${check.exitCode})`}
          </span>
          <time class="faint num" datetime={check.at} title={exactTime(check.at)}>
            {check.at.slice(11, 19)}
          </time>
          <code>{outputOf(check.output) || "no output"}</code>
        </li>
      ))}
    </ul>
  );
}
