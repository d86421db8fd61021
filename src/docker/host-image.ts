import { access } from "node:fs/promises";
import { join } from "node:path";
import type { EngineClient } from "./engine-client.ts";
import { fileEntry, findProgram, outputOf, programEntries, requireProgram } from "./host-files.ts";
import { digestOf, type LayerEntry, layerTar } from "./image-layer.ts";
import { splitReference } from "./pull.ts";
import { pullError } from "./pull-error.ts";
import { jsonLines, streamBody } from "./stream-body.ts";

export interface HostImageRequest {
  /** Name and tag that the image gets. */
  readonly tag: string;
}

export interface HostImage {
  readonly id: string;
  /** sha256 of the layer: the same host files give the same one. */
  readonly digest: string;
}

const IMPORT_DEADLINE_MS = 600_000;
/** What fetch and checkout start beside `git` itself; the rest of git is one program. */
const GIT_HELPERS = ["git-remote-http", "git-remote-https", "git-sh-setup", "git-sh-i18n", "git-submodule"];
/** Name resolution is loaded while running, so no list of needed libraries names it. */
const NAME_LIBRARIES = ["libnss_files.so.2", "libnss_dns.so.2", "libresolv.so.2"];
const CA_BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** An image with git and ssh made from the host's own programs, for hosts that reach no registry. Throws NotFound without them. */
export async function buildWorkerImage(
  client: EngineClient,
  { tag }: HostImageRequest,
  signal: AbortSignal,
): Promise<HostImage> {
  const git = await requireProgram("git");
  const helpers = (await outputOf(git, ["--exec-path"], signal)).trim();
  const programs: Record<string, string> = { "/usr/bin/git": git, "/usr/bin/ssh": await requireProgram("ssh") };
  const shell = await shellEntries();
  for (const name of GIT_HELPERS) {
    const path = join(helpers, name);
    if (await exists(path)) programs[path] = path;
  }
  const entries = [
    ...(await programEntries({ ...programs, ...shell.programs }, signal)),
    ...shell.links,
    { kind: "link", path: join(helpers, "git"), target: "/usr/bin/git" } as const,
    ...(await accountEntries()),
    ...(await networkEntries(signal)),
    ...emptyFolders(["/usr/share/git-core/templates"]),
  ];
  return importImage(client, tag, entries, ['ENTRYPOINT ["git"]', 'CMD ["--version"]'], signal);
}

/** A small image to try things with: busybox with its applets, or a handful of the host's own programs. */
export async function buildSampleImage(
  client: EngineClient,
  { tag }: HostImageRequest,
  signal: AbortSignal,
): Promise<HostImage> {
  const shell = await shellEntries();
  const entries = [
    ...(await programEntries(shell.programs, signal)),
    ...shell.links,
    ...(await accountEntries()),
    ...emptyFolders([]),
  ];
  return importImage(client, tag, entries, ['CMD ["sh"]'], signal);
}

interface Shell {
  readonly programs: Readonly<Record<string, string>>;
  readonly links: readonly LayerEntry[];
}

const WITHOUT_BUSYBOX = [
  "sh",
  "cat",
  "cp",
  "date",
  "echo",
  "env",
  "kill",
  "ls",
  "mkdir",
  "mv",
  "rm",
  "sed",
  "sleep",
  "test",
  "touch",
  "true",
  "false",
  "uname",
];

async function shellEntries(): Promise<Shell> {
  const busybox = await findProgram("busybox");
  if (busybox) {
    const applets = (await outputOf(busybox, ["--list"], AbortSignal.timeout(20_000))).split("\n").filter(Boolean);
    const links = applets
      .filter((name) => name !== "busybox")
      .map((name) => ({ kind: "link", path: `/bin/${name}`, target: "/bin/busybox" }) as const);
    return { programs: { "/bin/busybox": busybox }, links };
  }
  const programs: Record<string, string> = { "/bin/sh": await requireProgram("sh") };
  for (const name of WITHOUT_BUSYBOX) {
    const path = await findProgram(name);
    if (path) programs[`/bin/${name}`] = path;
  }
  return { programs, links: [] };
}

/** ssh refuses to run as a user without an entry, so whoever runs this process gets one too. */
async function accountEntries(): Promise<readonly LayerEntry[]> {
  const own = [process.getuid?.() ?? 0, process.getgid?.() ?? 0] as const;
  const users = new Map<number, string>([
    [0, "root:x:0:0:root:/root:/bin/sh"],
    [1000, "worker:x:1000:1000:worker:/tmp:/bin/sh"],
    [65534, "nobody:x:65534:65534:nobody:/tmp:/bin/sh"],
  ]);
  if (!users.has(own[0])) users.set(own[0], `tallyman:x:${own[0]}:${own[1]}:tallyman:/tmp:/bin/sh`);
  const groups = ["root:x:0:", "worker:x:1000:", "nogroup:x:65534:"];
  return [
    { kind: "file", path: "/etc/passwd", content: `${[...users.values()].join("\n")}\n`, mode: 0o644 },
    { kind: "file", path: "/etc/group", content: `${groups.join("\n")}\n`, mode: 0o644 },
  ];
}

async function networkEntries(signal: AbortSignal): Promise<readonly LayerEntry[]> {
  const entries: LayerEntry[] = [
    {
      kind: "file",
      path: "/etc/nsswitch.conf",
      content: "passwd: files\ngroup: files\nhosts: files dns\n",
      mode: 0o644,
    },
  ];
  for (const bundle of CA_BUNDLES) if (await exists(bundle)) entries.push(await fileEntry(bundle, bundle, 0o644));
  return [...entries, ...(await nameLibraries(signal))];
}

/** They lie beside libc, wherever this host keeps it. */
async function nameLibraries(signal: AbortSignal): Promise<readonly LayerEntry[]> {
  const found = await programEntries({ "/usr/bin/git": await requireProgram("git") }, signal);
  const libc = found.find(({ path }) => /\/libc\.so\.\d+$/.test(path))?.path;
  if (!libc) return [];
  const entries: LayerEntry[] = [];
  for (const name of NAME_LIBRARIES) {
    const path = join(libc, "..", name);
    if (await exists(path)) entries.push(await fileEntry(path, path, 0o755));
  }
  return entries;
}

function emptyFolders(more: readonly string[]): readonly LayerEntry[] {
  const folders = ["/etc", "/proc", "/sys", "/dev", "/run", "/var", "/root", "/usr/bin", ...more];
  return [
    ...folders.map((path) => ({ kind: "directory", path, mode: 0o755 }) as const),
    { kind: "directory", path: "/tmp", mode: 0o1777 },
  ];
}

async function importImage(
  client: EngineClient,
  tag: string,
  entries: readonly LayerEntry[],
  changes: readonly string[],
  signal: AbortSignal,
): Promise<HostImage> {
  const layer = await layerTar(entries);
  const { name, tag: version } = splitReference(tag);
  const what = `import ${tag}`;
  const path = "ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";
  const body = await client.stream(
    {
      method: "POST",
      path: "/images/create",
      query: { fromSrc: "-", repo: name, tag: version, changes: [path, ...changes] },
      file: layer,
      what,
      deadlineMs: IMPORT_DEADLINE_MS,
    },
    signal,
  );
  let id = "";
  for await (const line of jsonLines<{ status?: string; error?: string }>(streamBody(body, what, signal))) {
    if (line.error) throw pullError({ image: tag }, line.error, line);
    id = line.status?.startsWith("sha256:") ? line.status : id;
  }
  return { id, digest: digestOf(layer) };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
