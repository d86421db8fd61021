import type { Command } from "commander";
import { buildProgram } from "../../src/cli/program.ts";
import { TOOLS } from "./run.ts";

export const REFERENCE_FILE = `${import.meta.dir}/../../docs/commands.md`;

/** The manual of every command as Markdown, made from the very program that runs. */
export function commandReference(): string {
  return [HEAD, ...leaves(buildProgram({ tools: TOOLS, end: () => {} })).map(section)].join("\n");
}

const HEAD = `# Commands

<!-- Made from the program itself by \`bun test/cli/command-reference.ts\`; a test compares. -->

Commands that ask the daemon find it by \`--root\` (the socket below it), or by \`--url\` and \`--token\`. With \`--json\` they print what
scripts read. Errors go to stderr as \`error: …\` and \`hint: …\`. Colours appear on a terminal only, and not with \`NO_COLOR\`.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | failed |
| 2 | usage: an option, an argument or a value is wrong |
| 3 | not healthy, or went back to the last healthy release |
| 4 | out of sync (\`plan\`, \`compose plan\`, \`status --exit-code\`) |
| 5 | the daemon cannot be reached |
`;

function leaves(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

function section(command: Command): string {
  const help = command.createHelp();
  const rows = help
    .visibleOptions(command)
    .filter((option) => option.long !== "--help")
    .map((option) => `| \`${option.flags.replaceAll("|", "\\|")}\` | ${cell(help.optionDescription(option))} |\n`);
  const options = rows.length === 0 ? "" : `\n| option | |\n|---|---|\n${rows.join("")}`;
  const usage = help.commandUsage(command);
  return `## ${usage.split(" [options]")[0]}\n\n\`${usage}\`\n\n${help.commandDescription(command)}\n${options}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

if (import.meta.main) await Bun.write(REFERENCE_FILE, commandReference());
