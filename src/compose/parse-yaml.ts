import { type Alias, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Scalar, type YAMLMap } from "yaml";
import { type Position, TallymanError } from "../error.ts";
import type { Positions } from "./compose-fault.ts";
import { isMapping, type Mapping, type Path, type Value } from "./tree.ts";
import { composeDocuments } from "./yaml-documents.ts";
import { resolveScalar } from "./yaml-scalar.ts";

/** One YAML document, its tags carried out: `!reset` and `!override` paths are deleted from what came before it. */
export interface ParsedDocument {
  readonly root: Value;
  readonly positions: Positions;
  readonly resets: readonly Path[];
}

/**
 * Bounds against files made to exhaust us: characters and lines of a file, marks that begin a node (counted before the parser spends
 * time on them, since it needs 50 µs for each without compiled code), nodes after aliases, levels.
 */
const MOST = {
  characters: 2 * 1024 * 1024,
  lines: 100_000,
  marks: 25_000,
  nodes: 15_000,
  levels: 200,
  open: 1000,
} as const;

/** Signs of a node: `: `, `- `, `? `, brackets, commas, anchors and aliases, documents. */
const MARK = /[,[{&*]|[:?](?=\s)|(?<=^|\s)-(?=\s)|^---/gm;

/**
 * Reads every document of a file, with the position of every key and item.
 * Throws ComposeInvalid for what is not YAML, for duplicate and non-text keys, and beyond the bounds.
 */
export function parseYaml(text: string, file: string): readonly ParsedDocument[] {
  if (text.length > MOST.characters) throw refused(file, `the file is larger than ${MOST.characters} characters`);
  refuseDepth(text, file);
  if (countBeyond(text, /\n/g, MOST.lines)) throw refused(file, "the file has too many lines");
  if (countBeyond(text, MARK, MOST.marks)) throw refused(file, "the file has too many keys or items");
  refuseCharacters(text, file);
  const lines = new LineCounter();
  const documents = parsed(text, file, lines);
  const budget = { nodes: 0 };
  return documents.map((document) => {
    const error = document.errors.find(({ message }) => !message.startsWith("Comments must be separated"));
    if (error) throw notYaml(file, lines, error.pos[0], error.message);
    return new DocumentReader(file, lines, budget).read(document.contents);
  });
}

function parsed(text: string, file: string, lines: LineCounter) {
  try {
    return composeDocuments(text.replace(/^\uFEFF/, ""), lines);
  } catch (thrown) {
    if (thrown instanceof RangeError) throw refused(file, "the file is nested too deeply");
    throw thrown;
  }
}

/** Bytes that were no UTF-8 came as U+FFFD; what shows nothing on a screen has no place in a file that people read. */
function refuseCharacters(text: string, file: string): void {
  const found = /[^\t\n\r\x20-\x7e\x85\xa0-\uffff]|[\ufffd-\uffff]|(?<!^)\ufeff/.exec(text);
  if (!found) return;
  const before = text.slice(0, found.index).split("\n");
  const why = found[0] === "\ufffd" ? "invalid UTF-8" : "control characters are not allowed";
  throw new TallymanError("ComposeInvalid", `failed to parse ${file}: yaml: ${why}`, {
    at: { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
    hint: `Save ${file} as plain UTF-8 text.`,
  });
}

function countBeyond(text: string, pattern: RegExp, most: number): boolean {
  let count = 0;
  for (const _ of text.matchAll(pattern)) {
    count += 1;
    if (count > most) return true;
  }
  return false;
}

/** Nesting that needs no indentation is bounded before the parser spends memory on it: `[[[…` and `- - - …`. */
function refuseDepth(text: string, file: string): void {
  let open = 0;
  let run = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === "[" || character === "{") open += 1;
    else if ((character === "]" || character === "}") && open > 0) open -= 1;
    if ((character === "-" || character === "?") && text[index + 1] === " ") run += 1;
    else if (character !== " ") run = 0;
    if (open > MOST.open || run > MOST.open) throw refused(file, "the file is nested too deeply");
  }
}

function refused(file: string, message: string, position: Position = { file }): TallymanError {
  return new TallymanError("ComposeInvalid", message, { at: position, hint: `Make ${file} smaller or flatter.` });
}

function notYaml(file: string, lines: LineCounter, offset: number, message: string): TallymanError {
  const { line, col } = lines.linePos(offset);
  return new TallymanError("ComposeInvalid", `failed to parse ${file}: yaml: line ${line}: ${message}`, {
    at: { file, line, column: col },
    hint: `Correct the YAML of ${file} at line ${line}.`,
  });
}

/** Turns one document's nodes into values: aliases and merge keys resolved, positions noted. */
class DocumentReader {
  readonly positions = new Map<string, Position>();
  readonly resets: Path[] = [];
  private readonly anchors = new Map<string, Node>();
  private readonly open = new Map<Node, Path>();
  private readonly file: string;
  private readonly lines: LineCounter;
  private readonly budget: { nodes: number };

  constructor(file: string, lines: LineCounter, budget: { nodes: number }) {
    this.file = file;
    this.lines = lines;
    this.budget = budget;
  }

  read(contents: unknown): ParsedDocument {
    const root = this.value(contents as Node | null, []) ?? null;
    return { root, positions: this.positions, resets: this.resets };
  }

  /** The node's value, or undefined when `!reset` takes it away. */
  private value(node: Node | null, path: Path): Value | undefined {
    if (node === null) return null;
    this.budget.nodes += 1;
    if (this.budget.nodes > MOST.nodes)
      throw refused(this.file, `the file stands for more than ${MOST.nodes} nodes`, this.at(node));
    if (path.length > MOST.levels) throw refused(this.file, "the file is nested too deeply", this.at(node));
    if (!this.positions.has(path.join("."))) this.positions.set(path.join("."), this.at(node));
    if (isAlias(node)) return this.behindAlias(node, path);
    const tag = node.tag;
    if ("anchor" in node && node.anchor) this.anchors.set(node.anchor, node);
    if (tag === "!reset" || tag === "!override") this.resets.push(path);
    if (tag === "!reset") return undefined;
    return this.plain(node, path);
  }

  /** An alias that is met again below itself stands in what it stands for. */
  private behindAlias(node: Alias, path: Path): Value | undefined {
    const before = this.open.get(node);
    if (before) {
      const message = `cycle detected: node at path ${path.join(".")} references node at path ${before.join(".")}`;
      throw refused(this.file, `failed to parse ${this.file}: ${message}`, this.at(node));
    }
    this.open.set(node, path);
    const value = this.value(this.target(node.source, node), path);
    this.open.delete(node);
    return value;
  }

  private plain(node: Node, path: Path): Value {
    if (isMap(node)) return this.mapping(node, path);
    if (isSeq(node)) return node.items.flatMap((item, index) => this.listItem(item as Node, [...path, String(index)]));
    return isScalar(node) ? this.scalar(node) : null;
  }

  private scalar(node: Scalar): Value {
    try {
      return scalarOf(node);
    } catch (thrown) {
      throw this.notYaml(node, thrown instanceof Error ? thrown.message : String(thrown));
    }
  }

  private listItem(node: Node, path: Path): readonly Value[] {
    const value = this.value(node, path);
    return value === undefined ? [] : [value];
  }

  private mapping(node: YAMLMap, path: Path): Mapping {
    const own = new Map<string, Value>();
    const merged: Mapping[] = [];
    const seen = new Map<string, Node>();
    for (const pair of node.items) {
      const keyNode = pair.key as Node;
      if (isMergeKey(keyNode)) {
        this.refuseTwice("<<", keyNode, seen);
        merged.push(...this.mergeSources(pair.value as Node, path));
      } else this.pair(keyNode, pair.value as Node | null, { path, own, seen });
    }
    const inherited = merged.reverse().flatMap((source) => Object.entries(source));
    return Object.fromEntries([...inherited, ...own]);
  }

  private pair(
    keyNode: Node,
    valueNode: Node | null,
    into: { path: Path; own: Map<string, Value>; seen: Map<string, Node> },
  ): void {
    const key = this.key(keyNode, into.path);
    this.refuseTwice(key, keyNode, into.seen);
    const path = [...into.path, key];
    this.positions.set(path.join("."), this.at(keyNode));
    const value = this.value(valueNode, path);
    if (value !== undefined) into.own.set(key, value);
  }

  private refuseTwice(key: string, node: Node, seen: Map<string, Node>): void {
    const before = seen.get(key);
    if (before) throw this.duplicate(key, node, before);
    seen.set(key, node);
  }

  private key(node: Node, path: Path): string {
    const target = isAlias(node) ? this.target(node.source, node) : node;
    const value = isScalar(target) ? scalarOf(target) : JSON.stringify(target);
    if (isScalar(target) && target.anchor) this.anchors.set(target.anchor, target);
    if (typeof value === "string" && isScalar(target) && value !== "__proto__") return value;
    const where = path.length === 0 ? "at top level" : `in ${path.join(".")}`;
    throw new TallymanError("ComposeInvalid", `non-string key ${where}: ${value === null ? "<nil>" : String(value)}`, {
      at: this.at(node),
      hint: "Put the key in quotes.",
    });
  }

  private mergeSources(node: Node, path: Path): readonly Mapping[] {
    const sources = isSeq(this.behind(node)) ? ((this.behind(node) as { items: Node[] }).items ?? []) : [node];
    return sources.map((source) => {
      const value = this.value(source, path);
      if (isMapping(value)) return value;
      throw this.notYaml(node, "map merge requires map or sequence of maps as the value");
    });
  }

  private behind(node: Node): Node {
    return isAlias(node) ? this.target(node.source, node) : node;
  }

  private target(anchor: string, from: Node): Node {
    const found = this.anchors.get(anchor);
    if (found) return found;
    throw this.notYaml(from, `unknown anchor '${anchor}' referenced`);
  }

  private notYaml(node: Node, message: string): TallymanError {
    const at = this.at(node);
    const hint = `Correct the YAML of ${this.file} at line ${at.line ?? 0}.`;
    return new TallymanError("ComposeInvalid", `failed to parse ${this.file}: yaml: ${message}`, { at, hint });
  }

  private duplicate(key: string, node: Node, before: Node): TallymanError {
    const line = this.at(node).line ?? 0;
    const message = `failed to parse ${this.file}: line ${line}: mapping key "${key}" already defined at line ${this.at(before).line ?? 0}`;
    return new TallymanError("ComposeInvalid", message, { at: this.at(node), hint: `Keep one of the two "${key}".` });
  }

  private at(node: Node): Position {
    const { line, col } = this.lines.linePos(node.range?.[0] ?? 0);
    return { file: this.file, line, column: col };
  }
}

function isMergeKey(node: Node): boolean {
  return isScalar(node) && node.value === "<<" && node.type === "PLAIN";
}

function scalarOf(node: Scalar): null | boolean | number | string {
  if (node.tag === "tag:yaml.org,2002:binary") return binaryText(node.source ?? "");
  return resolveScalar(typeof node.value === "string" ? node.value : "", node.type === "PLAIN", node.tag);
}

/** What base64 stands for, as UTF-8. */
function binaryText(source: string): string {
  const bytes = Uint8Array.from(atob(source.replace(/\s/g, "")), (character) => character.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}
