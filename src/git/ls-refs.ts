import { TallymanError } from "../error.ts";
import { DELIMITER, FLUSH, pktLine } from "./pkt-line.ts";

export interface RemoteRef {
  /** What the ref itself points to: a commit, or an annotated tag. */
  readonly id: string;
  /** What an annotated tag stands for; null for all else. */
  readonly peeled: string | null;
}

/** What a remote told us of its refs. */
export interface RemoteRefs {
  readonly refs: ReadonlyMap<string, RemoteRef>;
  /** The branch that HEAD stands for; null when the server did not say. */
  readonly head: string | null;
}

/** A server's first words: protocol v2 and what it can do, or v0/v1 and already all the refs. */
export type Advertisement =
  | { readonly version: 2; readonly objectFormat: string | null }
  | { readonly version: 1; readonly refs: RemoteRefs };

/** Reads the lines of an advertisement (one section, without the HTTP service line). Source: gitprotocol-v2(5), gitprotocol-pack(5). */
export function readAdvertisement(lines: readonly string[]): Advertisement {
  refuseErrorLine(lines);
  if (lines[0]?.trimEnd() !== "version 2") return { version: 1, refs: readV0Refs(lines) };
  const capabilities = lines.map((line) => line.trimEnd());
  if (!capabilities.some((capability) => /^ls-refs(=|$)/.test(capability))) {
    throw new TallymanError("GitRefused", "the server speaks Git protocol 2 but does not list refs", {
      hint: "Check that the URL is for reading (git-upload-pack).",
    });
  }
  const format = capabilities.find((capability) => capability.startsWith("object-format="));
  return { version: 2, objectFormat: format?.slice("object-format=".length) ?? null };
}

/** The body of an `ls-refs` request; refs are limited to the prefixes. Source: gitprotocol-v2(5), ls-refs. */
export function lsRefsRequest(prefixes: readonly string[], objectFormat: string | null): string {
  return [
    pktLine("command=ls-refs\n"),
    ...(objectFormat ? [pktLine(`object-format=${objectFormat}`)] : []),
    DELIMITER,
    pktLine("peel\n"),
    pktLine("symrefs\n"),
    ...prefixes.map((prefix) => pktLine(`ref-prefix ${prefix}\n`)),
    FLUSH,
  ].join("");
}

/** Reads the lines of an answer to `ls-refs`. */
export function readLsRefs(lines: readonly string[]): RemoteRefs {
  refuseErrorLine(lines);
  const refs = new Map<string, RemoteRef>();
  let head: string | null = null;
  for (const line of lines) {
    const [id = "", name = "", ...attributes] = line.trimEnd().split(" ");
    if (name === "HEAD") head = attribute(attributes, "symref-target");
    if (id !== "unborn") refs.set(name, { id: checkId(id), peeled: attribute(attributes, "peeled") });
  }
  return { refs, head };
}

function readV0Refs(lines: readonly string[]): RemoteRefs {
  const refs = new Map<string, RemoteRef>();
  let head: string | null = null;
  for (const line of lines) {
    if (line.startsWith("version 1") || line.startsWith("shallow ")) continue;
    const [pointer = "", capabilities = ""] = line.trimEnd().split("\0");
    head ??= /(?:^| )symref=HEAD:(\S+)/.exec(capabilities)?.[1] ?? null;
    const space = pointer.indexOf(" ");
    addV0Ref(refs, pointer.slice(0, space), pointer.slice(space + 1));
  }
  return { refs, head };
}

function addV0Ref(refs: Map<string, RemoteRef>, id: string, name: string): void {
  checkId(id);
  if (name === "capabilities^{}") return;
  if (!name.endsWith("^{}")) {
    refs.set(name, { id, peeled: null });
    return;
  }
  const tagName = name.slice(0, -3);
  refs.set(tagName, { id: refs.get(tagName)?.id ?? id, peeled: id });
}

function attribute(attributes: readonly string[], name: string): string | null {
  return attributes.find((text) => text.startsWith(`${name}:`))?.slice(name.length + 1) ?? null;
}

function checkId(id: string): string {
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(id)) return id;
  throw new TallymanError("GitNotARepository", "the server sent a list of refs that cannot be read", {
    hint: "Check that the URL is the repository's clone URL.",
  });
}

/** A server may say `ERR reason` in place of anything. */
function refuseErrorLine(lines: readonly string[]): void {
  const error = lines.find((line) => line.startsWith("ERR "));
  if (error === undefined) return;
  const words = error
    .slice(4)
    .replace(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, 200);
  throw new TallymanError("GitNotARepository", `the Git server refused: ${words}`, {
    hint: "Check the repository's URL and that the credential may read it.",
  });
}
