import type { ContextEntry } from "./build-context.ts";
import type { GrpcMethod } from "./grpc-server.ts";
import { bytesField, fieldsOf, numberField, numberOf, textOf } from "./protobuf.ts";

type ContextFile = Extract<ContextEntry, { readonly kind: "file" }>;

/** Files that a builder may read, in the order of a walk: a folder before what is in it, names by their bytes. */
export interface SyncedTree {
  readonly entries: readonly ContextEntry[];
  readonly read: (file: ContextFile) => AsyncIterable<Buffer>;
}

/** Packets of a copy. Source: tonistiigi/fsutil, wire.proto. */
const PACKET = { stat: 0, request: 1, data: 2, end: 3, error: 4 } as const;
/** Fields of a packet. */
const TYPE = 1;
const STAT = 2;
const ID = 3;
const DATA = 4;

/** File types as Go has them beside the permissions. */
const GO_MODE = { file: 0, directory: 2 ** 31, link: 2 ** 27 } as const;

/**
 * Lets the builder copy trees, by the name it asks with: it hears of every file first, and asks for those that it does not have from an
 * earlier build. Source: moby/buildkit, filesync.
 */
export function fileSync(trees: Readonly<Record<string, SyncedTree>>): GrpcMethod {
  return async function* ({ messages, metadata }) {
    const { entries, read } = chosen(trees, metadata("dir-name"), metadata("followpaths"));
    for (const entry of entries) yield packet(PACKET.stat, bytesField(STAT, statOf(entry)));
    yield packet(PACKET.stat);
    for await (const message of messages) {
      const fields = fieldsOf(message);
      const type = numberOf(fields, TYPE);
      if (type === PACKET.error) throw new Error(`the builder can't copy: ${textOf(fields, DATA)}`);
      if (type === PACKET.end) break;
      const id = numberOf(fields, ID);
      const entry = entries[id];
      if (type !== PACKET.request || entry?.kind !== "file") continue;
      for await (const chunk of read(entry)) yield packet(PACKET.data, numberField(ID, id), bytesField(DATA, chunk));
      yield packet(PACKET.data, numberField(ID, id));
    }
    yield packet(PACKET.end);
  };
}

/** Only what the builder wants of a tree when that is one file by its name; else all of it, which is never wrong. */
function chosen(trees: Readonly<Record<string, SyncedTree>>, name: string, wanted: string): SyncedTree {
  const tree = trees[name];
  if (!tree) throw new Error(`the builder asks for "${name}"`);
  const entry = tree.entries.find(({ path }) => path === wanted);
  return entry || wanted === ".dockerignore" ? { ...tree, entries: entry ? [entry] : [] } : tree;
}

function packet(type: number, ...fields: readonly Buffer[]): Buffer {
  return Buffer.concat([numberField(TYPE, type), ...fields]);
}

/** Everything belongs to root. */
function statOf(entry: ContextEntry): Buffer {
  const mode = entry.kind === "link" ? 0o777 : entry.mode;
  return Buffer.concat([
    bytesField(1, entry.path),
    numberField(2, GO_MODE[entry.kind] + goPermissions(mode)),
    ...(entry.kind === "file" ? [numberField(5, entry.size)] : []),
    numberField(6, Math.max(0, entry.mtime.getTime()) * 1_000_000),
    ...(entry.kind === "link" ? [bytesField(7, entry.target)] : []),
  ]);
}

/** Go keeps set-uid, set-gid and sticky elsewhere than Unix. */
function goPermissions(mode: number): number {
  const special = (mode & 0o4000 ? 2 ** 23 : 0) + (mode & 0o2000 ? 2 ** 22 : 0) + (mode & 0o1000 ? 2 ** 20 : 0);
  return (mode & 0o777) + special;
}
