import { type Command, Option } from "commander";
import { parseInterval } from "../config.ts";
import type { Reason } from "../error.ts";
import { shortCommit } from "../revision.ts";
import type { CredentialKind, Stack } from "../stack.ts";
import { type Context, clientCommand, collect, openSession, type Session } from "./command-context.ts";
import { complain } from "./complain.ts";
import { EXIT } from "./exit-code.ts";
import { plainText } from "./plain-text.ts";

interface Given {
  readonly repo: string;
  readonly ref?: string;
  readonly path?: string;
  readonly file?: readonly string[];
  readonly envFile?: readonly string[];
  readonly profile?: readonly string[];
  readonly interval?: string;
  readonly project?: string;
  readonly credential?: CredentialKind;
  readonly username?: string;
}

/** What the daemon answers to a stack that it took. */
interface Added {
  readonly stack: Stack;
  readonly publicKey: string | null;
  readonly probe:
    | { readonly ok: true; readonly commit: string; readonly ref: string }
    | {
        readonly ok: false;
        readonly error: { readonly reason: Reason; readonly message: string; readonly hint: string };
      };
}

export function addStackAdd(group: Command, context: Context): void {
  clientCommand(group, "add <name>", "keep a repository running; its first deployment begins at once")
    .usage("[options] <name> --repo <url>")
    .requiredOption("--repo <url>", "the repository: https://…, http://…, ssh://… or user@host:path")
    .option("--ref <ref>", "branch, tag or full commit (default: the remote's default branch)")
    .option("--path <dir>", "folder inside the repository that holds the Compose files")
    .option("--file <file>", "Compose file below --path; may be repeated", collect)
    .option("--env-file <file>", "file with variables below --path; may be repeated", collect)
    .option("--profile <name>", "profile to enable; may be repeated", collect)
    .option("--interval <duration>", "how often to poll, like 60s or 5m (default: the daemon's)")
    .option("--project <name>", "Compose project name (default: the stack's name)")
    .addOption(
      new Option(
        "--credential <kind>",
        "how to read it; the secret of ssh-key and https-token is read from standard input (default: a new deploy key for SSH, none for HTTP)",
      ).choices(["none", "deploy-key", "ssh-key", "https-token"]),
    )
    .option("--username <name>", "user name that goes with an https-token")
    .addHelpText(
      "after",
      "\nExit 1 when the repository cannot be read as given; the stack is kept and polled all the same.",
    )
    .action(async (stackName: string, options: Given, self: Command) => {
      const session = openSession(context, self);
      const body = await requestOf(stackName, options, context);
      // The daemon probes the remote before it answers.
      const added = await session.client.json<Added>("/stacks", { method: "POST", body, deadlineMs: 5 * 60_000 });
      if (session.json) session.printJson(added);
      else report(added, session, context);
      if (!added.probe.ok && !isNextStep(added.probe.error.reason, added.publicKey)) context.end(EXIT.failed);
    });
}

/** Pasting the new deploy key and vouching for the server come after adding; anything else means that the stack was given wrongly. */
function isNextStep(reason: string, publicKey: string | null): boolean {
  return reason === "HostKeyUnknown" || (reason === "GitAuthentication" && publicKey !== null);
}

async function requestOf(stackName: string, given: Given, context: Context): Promise<unknown> {
  return {
    name: stackName,
    repository: given.repo,
    ref: given.ref,
    path: given.path,
    files: given.file,
    envFiles: given.envFile,
    profiles: given.profile,
    intervalMs: given.interval === undefined ? undefined : parseInterval(given.interval),
    project: given.project,
    credential: await credentialOf(given, context),
  };
}

async function credentialOf(given: Given, context: Context): Promise<unknown> {
  const kind = given.credential;
  if (kind === undefined) return undefined;
  if (kind === "none" || kind === "deploy-key") return { kind, username: given.username };
  const text = await context.tools.readStdin();
  // A private key ends with a line feed, a token does not.
  return { kind, username: given.username, secret: kind === "ssh-key" ? text : text.trim() };
}

function report(added: Added, session: Session, context: Context): void {
  const { stack, publicKey, probe } = added;
  session.print(`added ${stack.name}: ${plainText(stack.repository)}\n`);
  if (publicKey !== null) {
    session.print(`\nGive this deploy key read access to the repository:\n\n${plainText(publicKey)}\n\n`);
  }
  if (probe.ok) session.print(`${plainText(probe.ref)} is at ${shortCommit(probe.commit)}; deploying\n`);
  else complain(context, "kept, but not readable yet:", probe.error);
}
