import { pack } from "tar-stream";
import { TallymanError } from "../error.ts";
import type { FileObject, FileReference, Project } from "../project.ts";
import type { EngineClient } from "./engine-client.ts";
import { configTarget, isInjected, secretTarget } from "./file-targets.ts";

interface InjectedFile {
  readonly target: string;
  readonly content: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Puts the configs and secrets that no host file holds into a container that isn't running. Their content is on no label, so this is
 * done before every start. Throws ComposeUnsupported for a read-only service and VariableMissing. Source: compose.md §3.4.
 */
export async function injectFiles(
  client: EngineClient,
  project: Project,
  serviceName: string,
  containerId: string,
  signal: AbortSignal,
): Promise<void> {
  for (const file of injectedFiles(project, serviceName)) {
    await client.call(
      {
        method: "PUT",
        path: `/containers/${containerId}/archive`,
        query: { path: "/", ...(file.uid || file.gid ? { copyUIDGID: "1" } : {}) },
        file: await tarOf(file),
        what: `put ${file.target} into ${serviceName}`,
      },
      signal,
    );
  }
}

/** What has to be put into a service's containers; an empty content is left out, as Docker Compose does. */
export function injectedFiles(project: Project, serviceName: string): readonly InjectedFile[] {
  const service = project.services[serviceName];
  const found = [
    ...(service?.secrets ?? []).map((reference) => ({
      kind: "secret",
      reference,
      file: project.secrets[reference.source],
      target: secretTarget(reference),
    })),
    ...(service?.configs ?? []).map((reference) => ({
      kind: "config",
      reference,
      file: project.configs[reference.source],
      target: configTarget(reference),
    })),
  ];
  return found.flatMap(({ kind, reference, file, target }) => {
    if (!file || !isInjected(file)) return [];
    if (service?.read_only) throw readOnlyService(kind, reference.source, serviceName);
    const content = contentOf(kind, reference.source, file);
    return content === "" ? [] : [injectedFile(reference, target, content)];
  });
}

function injectedFile({ mode, uid, gid }: FileReference, target: string, content: string): InjectedFile {
  return {
    target,
    content,
    mode: mode ? Number.parseInt(mode, 8) : 0o444,
    uid: Number(uid ?? 0),
    gid: Number(gid ?? 0),
  };
}

function contentOf(kind: string, name: string, file: FileObject): string {
  if (file.content !== undefined) return file.content;
  throw new TallymanError(
    "VariableMissing",
    `environment variable "${file.environment ?? ""}" required by ${kind} "${name}" is not set.`,
    { hint: "Set it as a variable or secret of the stack, or in the .env file." },
  );
}

function readOnlyService(kind: string, name: string, serviceName: string): TallymanError {
  return new TallymanError(
    "ComposeUnsupported",
    `cannot create ${kind} "${name}" in read-only service ${serviceName}: \`file\` is the sole supported option.`,
    { hint: `Keep the content in a file and name it with ${kind}s.${name}.file.` },
  );
}

async function tarOf({ target, content, mode, uid, gid }: InjectedFile): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name: target.slice(1), mode, uid, gid, mtime: new Date(0) }, content);
  archive.finalize();
  return Buffer.concat(await Array.fromAsync(archive as AsyncIterable<Buffer>));
}
