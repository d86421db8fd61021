import { type Command, Option } from "commander";
import { parseInterval } from "../config.ts";
import { asTallymanError, TallymanError } from "../error.ts";
import { durationMs } from "../quantity.ts";
import type { CredentialKind } from "../stack.ts";
import { type Context, collect } from "./command-context.ts";

/** What `stack add`, `edit` and `adopt` have in common. */
export interface SettingsGiven {
  readonly repo?: string;
  readonly ref?: string;
  readonly path?: string;
  readonly file?: readonly string[];
  readonly envFile?: readonly string[];
  readonly profile?: readonly string[];
  readonly interval?: string;
  readonly drift?: string;
  readonly onFailure?: string;
  readonly gateTimeout?: string;
  readonly prune?: boolean;
  readonly dependsOn?: readonly string[];
  readonly credential?: CredentialKind;
  readonly username?: string;
}

/** Stands for "as it is when nobody says anything". */
const DEFAULT = "default";

export function addSettingsOptions(command: Command): Command {
  return command
    .option("--ref <ref>", "branch, tag or full commit (default: the remote's default branch)")
    .option("--path <dir>", "folder inside the repository that holds the Compose files")
    .option("--file <file>", "Compose file below --path; may be repeated", collect)
    .option("--env-file <file>", "file with variables below --path; may be repeated", collect)
    .option("--profile <name>", "profile to enable; may be repeated", collect)
    .option("--interval <duration>", "how often to poll, like 60s or 5m (default: the daemon's)")
    .addOption(
      new Option("--drift <mode>", "when Docker differs though nothing was committed (default: repair)").choices([
        "repair",
        "report",
        "off",
      ]),
    )
    .addOption(
      new Option("--on-failure <action>", "when a release is not healthy (default: as its Compose file says)").choices([
        "rollback",
        "pause",
        "continue",
        DEFAULT,
      ]),
    )
    .option(
      "--gate-timeout <duration>",
      "how long a service may take to be healthy (default: as its healthcheck suggests)",
    )
    .option("--prune", "remove services that left the Compose file (the default); volumes stay")
    .option("--no-prune", "leave them running")
    .option("--depends-on <stack>", "stack whose verdict to wait for; may be repeated", collect)
    .addOption(
      new Option(
        "--credential <kind>",
        "how to read it; the secret of ssh-key and https-token is read from standard input (default: a new deploy key for SSH, none for HTTP)",
      ).choices(["none", "deploy-key", "ssh-key", "https-token"]),
    )
    .option("--username <name>", "user name that goes with an https-token");
}

/** The body of the request: only what was given. An empty name empties a list. Throws InvalidInput that names the option. */
export async function settingsOf(given: SettingsGiven, context: Context): Promise<object> {
  return {
    repository: given.repo,
    ref: given.ref,
    path: given.path,
    files: listOf(given.file),
    envFiles: listOf(given.envFile),
    profiles: listOf(given.profile),
    intervalMs: durationIn("--interval", given.interval, parseInterval),
    drift: given.drift,
    onFailure: given.onFailure === DEFAULT ? null : given.onFailure,
    gateTimeoutMs: given.gateTimeout === DEFAULT ? null : durationIn("--gate-timeout", given.gateTimeout, durationMs),
    prune: given.prune,
    dependsOn: listOf(given.dependsOn),
    credential: await credentialOf(given, context),
  };
}

function listOf(names: readonly string[] | undefined): readonly string[] | undefined {
  return names?.filter((name) => name !== "");
}

function durationIn(option: string, text: string | undefined, read: (text: string) => number): number | undefined {
  if (text === undefined) return undefined;
  try {
    return read(text);
  } catch (thrown) {
    const { message, hint } = asTallymanError(thrown);
    throw new TallymanError("InvalidInput", `${option}: ${message}`, { hint, cause: thrown });
  }
}

async function credentialOf(given: SettingsGiven, context: Context): Promise<object | undefined> {
  const kind = given.credential;
  if (kind === undefined) return undefined;
  if (kind === "none" || kind === "deploy-key") return { kind, username: given.username };
  const text = await context.tools.readStdin();
  // A private key ends with a line feed, a token does not.
  return { kind, username: given.username, secret: kind === "ssh-key" ? text : text.trim() };
}
