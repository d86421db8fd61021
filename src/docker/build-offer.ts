import { readFile, stat } from "node:fs/promises";
import { connect } from "node:net";
import { resolve } from "node:path";
import { TallymanError } from "../error.ts";
import type { Build, FileReference, Project } from "../project.ts";
import type { SessionOffer } from "./build-session.ts";

/** What the Engine's builder takes as one secret at most. Source: moby/buildkit, secretsprovider. */
const MAX_SECRET_BYTES = 500 * 1024;

export interface OfferRequest {
  readonly project: Project;
  readonly serviceName: string;
  readonly build: Build;
  readonly placeOf: (path: string) => string;
  /** Socket of the caller's own agent, which `ssh: default` means; a stack has none. */
  readonly sshAgent?: string | undefined;
}

/**
 * The secrets and agents that a build's section grants. Throws VariableMissing, BuildFailed or ComposeUnsupported that names what is not
 * there, and PolicyViolation for a file outside of a stack's tree. Source: Compose Build Specification, `secrets` and `ssh`.
 */
export async function sessionOffer(request: OfferRequest): Promise<Pick<SessionOffer, "secrets" | "sshAgents">> {
  const { secrets = [], ssh = [] } = request.build;
  return {
    secrets: new Map(await Promise.all(secrets.map((reference) => grantedSecret(request, reference)))),
    sshAgents: new Map(await Promise.all(ssh.map((entry) => grantedAgent(request, entry)))),
  };
}

/** As Docker Compose: the target is the id, and its owner and mode are the Dockerfile's business. */
async function grantedSecret(
  { project, serviceName, placeOf }: OfferRequest,
  { source, target }: FileReference,
): Promise<readonly [id: string, read: () => Promise<Buffer>]> {
  const field = `services.${serviceName}.build.secrets`;
  const { content, environment, file } = project.secrets[source] ?? {};
  const id = target || source;
  if (content !== undefined) return [id, async () => Buffer.from(content)];
  if (environment !== undefined)
    throw new TallymanError(
      "VariableMissing",
      `${field}: the variable "${environment}" of secret "${source}" is not set.`,
      {
        hint: "Set it as a variable or secret of the stack, or in the .env file.",
      },
    );
  if (file === undefined)
    throw new TallymanError("ComposeUnsupported", `${field}: secret "${source}" has neither a file nor a variable.`, {
      hint: `Name one with secrets.${source}.file or secrets.${source}.environment.`,
    });
  const place = placeOf(file);
  const found = await stat(place).catch(() => null);
  const wrong = !found?.isFile() ? "is no file" : found.size > MAX_SECRET_BYTES ? "is larger than 500 KiB" : null;
  if (wrong !== null)
    throw new TallymanError("BuildFailed", `${field}: ${file} of secret "${source}" ${wrong}.`, {
      hint: `Correct secrets.${source}.file, or put the file there.`,
    });
  return [id, () => readFile(place)];
}

async function grantedAgent(
  { project, serviceName, placeOf, sshAgent }: OfferRequest,
  entry: string,
): Promise<readonly [id: string, connect: () => ReturnType<typeof connect>]> {
  const field = `services.${serviceName}.build.ssh`;
  const [id = "", ...rest] = entry.split("=");
  const named = rest.join("=");
  if (named === "" && sshAgent === undefined)
    throw new TallymanError("ComposeUnsupported", `${field}: there is no SSH agent for "${id}".`, {
      hint: "`compose up` hands on the one that SSH_AUTH_SOCK names; a stack has none: give its build a secret.",
    });
  const path = named === "" ? (sshAgent ?? "") : placeOf(resolve(project.workingDir, named));
  const found = await stat(path).catch(() => null);
  if (found?.isFile())
    throw new TallymanError(
      "ComposeUnsupported",
      `${field}: ${path} is a key, and only an agent's socket can be given.`,
      {
        hint: "Load the key into an agent (`ssh-add`) and name its socket, or give the build a secret.",
      },
    );
  if (!found?.isSocket())
    throw new TallymanError("BuildFailed", `${field}: there is no SSH agent at ${path}.`, {
      hint: "Start one (`ssh-agent`), and see that the path or SSH_AUTH_SOCK names its socket.",
    });
  return [id, () => connect({ path })];
}
