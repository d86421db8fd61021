import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Pack, pack } from "tar-stream";
import { TallymanError } from "../error.ts";
import type { BuildContext, ContextEntry } from "./build-context.ts";

/** The context as a tar, without a Dockerfile that is no file of it, read from the disk while it is sent: everything belongs to root, files keep their times. */
export function contextTar(context: BuildContext, signal: AbortSignal): Readable {
  return packed(context, ({ mtime }) => mtime, signal);
}

/** Hex SHA-256 of what a build would be sent and asked for: the same digest, the same image. Times do not count. */
export async function contextDigest(context: BuildContext, asked: unknown, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256")
    .update(JSON.stringify(asked))
    .update(context.addedDockerfile ?? "");
  for await (const chunk of packed(context, () => new Date(0), signal)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

type TimeOf = (entry: { readonly mtime: Date }) => Date;

function packed(context: BuildContext, timeOf: TimeOf, signal: AbortSignal): Readable {
  const archive = pack();
  // Node's own stream: what reads it ends it, and is ended by it, in the usual ways.
  const body = Readable.from(archive, { objectMode: false });
  body.on("close", () => archive.destroy());
  fill(archive, context, timeOf, signal).catch((thrown: unknown) => {
    archive.destroy();
    body.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)));
  });
  return body;
}

async function fill(archive: Pack, context: BuildContext, timeOf: TimeOf, signal: AbortSignal): Promise<void> {
  const { directory, entries } = context;
  for (const entry of entries) {
    signal.throwIfAborted();
    const common = { name: entry.path, uid: 0, gid: 0, mtime: timeOf(entry) };
    if (entry.kind === "directory") archive.entry({ ...common, type: "directory", mode: entry.mode });
    else if (entry.kind === "link") archive.entry({ ...common, type: "symlink", mode: 0o777, linkname: entry.target });
    else if (entry.size === 0) archive.entry({ ...common, mode: entry.mode, size: 0 }, "");
    else {
      const header = { ...common, mode: entry.mode, size: entry.size };
      await pipeline(contextFile(directory, entry), archive.entry(header));
    }
  }
  archive.finalize();
}

/** A file's content; opened so that a link or a pipe that took its place meanwhile is not read. Throws BuildFailed when it shrank. */
export async function* contextFile(
  directory: string,
  { path, size }: Extract<ContextEntry, { readonly kind: "file" }>,
): AsyncGenerator<Buffer> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(join(directory, path), flags);
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size < size) throw changed(path);
    if (size > 0) yield* file.createReadStream({ end: size - 1, autoClose: false }) as AsyncIterable<Buffer>;
  } finally {
    await file.close();
  }
}

function changed(path: string): TallymanError {
  return new TallymanError("BuildFailed", `${path} changed while it was being sent to the build.`, {
    hint: "Build again when nothing writes into the context, or list the file in .dockerignore.",
  });
}
