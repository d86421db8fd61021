import { readFileSync } from "node:fs";
import { pack } from "tar-stream";
import { programPath } from "../../.ci/engine-host.ts";
import { output } from "./command.ts";
import type { TestEngine } from "./engine.ts";

/** A small image with a shell, an HTTP server and the usual tools, made from this machine's busybox. */
export const BUSYBOX_IMAGE = "tallyman-test/busybox:1";

export interface ImageOptions {
  /** `name:tag`. */
  readonly reference: string;
  /** Dockerfile instructions put on top: `ENV A=1`, `CMD ["sleep","1"]`, `HEALTHCHECK …`, `LABEL …`. */
  readonly changes?: readonly string[];
  /** More files: absolute path → content. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Makes the busybox image in the Engine, if it is not there yet; gives its reference. */
export async function busyboxImage(engine: TestEngine): Promise<string> {
  if (await hasImage(engine, BUSYBOX_IMAGE)) return BUSYBOX_IMAGE;
  return createImage(engine, { reference: BUSYBOX_IMAGE });
}

/** Makes an image of its own out of busybox, more files and settings; gives its reference. */
export async function createImage(engine: TestEngine, options: ImageOptions): Promise<string> {
  const [repository = "", tag = "latest"] = splitReference(options.reference);
  const query = new URLSearchParams({ fromSrc: "-", repo: repository, tag });
  for (const change of ["ENV PATH=/bin", 'CMD ["sh"]', ...(options.changes ?? [])]) query.append("changes", change);
  const answer = await fetch(`http://engine/images/create?${query}`, {
    unix: engine.socketPath,
    method: "POST",
    body: await busyboxTree(options.files ?? {}),
    headers: { "content-type": "application/x-tar" },
    signal: AbortSignal.timeout(60_000),
  });
  const said = await answer.text();
  if (!answer.ok || said.includes('"error"')) throw new Error(`Could not make ${options.reference}: ${said}`);
  return options.reference;
}

/** Pushes an image to the registry that its name says. `login` as JSON, where one is needed. */
export async function pushImage(engine: TestEngine, reference: string, login: object = {}): Promise<void> {
  const [name = "", tag = ""] = splitReference(reference);
  const answer = await fetch(`http://engine/images/${name}/push?tag=${tag}`, {
    unix: engine.socketPath,
    method: "POST",
    headers: { "X-Registry-Auth": Buffer.from(JSON.stringify(login)).toString("base64url") },
    signal: AbortSignal.timeout(60_000),
  });
  const said = await answer.text();
  if (!answer.ok || said.includes('"error"')) throw new Error(`Could not push ${reference}: ${said}`);
}

export async function hasImage(engine: TestEngine, reference: string): Promise<boolean> {
  const answer = await fetch(`http://engine/images/${encodeURIComponent(reference)}/json`, { unix: engine.socketPath });
  await answer.arrayBuffer();
  return answer.ok;
}

function splitReference(reference: string): readonly string[] {
  const colon = reference.lastIndexOf(":");
  return colon > reference.lastIndexOf("/") ? [reference.slice(0, colon), reference.slice(colon + 1)] : [reference];
}

async function busyboxTree(files: Readonly<Record<string, string>>): Promise<Uint8Array<ArrayBuffer>> {
  const program = programPath("busybox") ?? "/bin/busybox";
  const tar = pack();
  for (const name of ["bin", "etc", "tmp", "var", "var/www", "proc", "sys", "dev", "root"]) {
    tar.entry({ name, type: "directory", mode: name === "tmp" ? 0o1777 : 0o755 });
  }
  tar.entry({ name: "bin/busybox", mode: 0o755 }, readFileSync(program));
  for (const applet of (await output([program, "--list"])).split("\n")) {
    if (applet !== "busybox") tar.entry({ name: `bin/${applet}`, type: "symlink", linkname: "busybox" });
  }
  tar.entry({ name: "etc/passwd" }, "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n");
  tar.entry({ name: "etc/group" }, "root:x:0:\nnogroup:x:65534:\n");
  for (const [path, content] of Object.entries(files))
    tar.entry({ name: path.replace(/^\//, ""), mode: 0o755 }, content);
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar) chunks.push(chunk as Uint8Array);
  return new Uint8Array(Buffer.concat(chunks));
}
