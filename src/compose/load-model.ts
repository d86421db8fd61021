import { canonical, canonicalWithVariables, withDefaults } from "./canonical.ts";
import { checkModel } from "./check-model.ts";
import { ComposeFault, locating } from "./compose-fault.ts";
import { lookupIn, resolveEnvironment } from "./environment.ts";
import { applyExtends, type RawFile } from "./extends.ts";
import { applyInclude } from "./include.ts";
import { interpolateTree } from "./interpolate.ts";
import { LoadNotes } from "./load-notes.ts";
import { mergeMappings } from "./merge.ts";
import type { ModelContext } from "./model-context.ts";
import type { ParsedDocument } from "./parse-yaml.ts";
import { resolvePaths } from "./resolve-paths.ts";
import {
  entry,
  isList,
  isMapping,
  type Mapping,
  mapServices,
  type Path,
  type Value,
  withEntry,
  without,
} from "./tree.ts";
import { enforceUnicity } from "./unicity.ts";
import { validate } from "./validate.ts";

/**
 * Reads the files of one project, in order, into one canonical model with absolute paths.
 * Source: Compose Specification; the order of the steps is Docker Compose 2.40's.
 */
export function loadModel(files: readonly string[], context: ModelContext): Mapping {
  const inner = { ...context, trail: [...context.trail, ...files.slice(0, 1)] };
  // What is included stands where its project stands, so its paths are put behind that place in any case.
  const keepsPaths = context.leaveOut.has("paths") && context.trail.length === 0;
  const merged = files.reduce<Mapping>((model, file) => addFile(model, file, inner), {});
  return locating(context.notes.positions, files[0], () => {
    const model = asMapping(withDefaults(merged));
    checkModel(model);
    const placed = keepsPaths ? model : asMapping(resolvePaths(model, context.base));
    return resolveEnvironment(placed, lookupIn(context.environment));
  });
}

function addFile(model: Mapping, file: string, context: ModelContext): Mapping {
  return readDocuments(file, context).reduce((into, document) => addDocument(into, document, file, context), model);
}

function readDocuments(file: string, { files, documentsOf }: ModelContext): readonly ParsedDocument[] {
  return locating(new Map(), file, () => {
    if (files.kind(file) === "directory") throw new ComposeFault(`read ${file}: is a directory`, [], "Name a file.");
    if (files.kind(file) === null)
      throw new ComposeFault(
        `open ${file}: no such file or directory`,
        [],
        `Add ${file}, or name another file.`,
        "ComposeFileMissing",
      );
    return documentsOf(file);
  });
}

function addDocument(model: Mapping, document: ParsedDocument, file: string, context: ModelContext): Mapping {
  const own = new LoadNotes(context.notes);
  own.take(document.positions);
  const prepared = locating(own.positions, file, () => {
    const read = interpolated(document, context);
    const extended = extend(read, document, file, own, context);
    return applyInclude(extended, { ...context, notes: own }, loadModel);
  });
  const reset = document.resets.reduce<Value>(without, model);
  context.notes.take(own.positions);
  return locating(context.notes.positions, file, () =>
    settle(mergeMappings(asMapping(reset), prepared, []), file, context),
  );
}

function interpolated({ root }: ParsedDocument, { environment, notes, leaveOut }: ModelContext): Mapping {
  if (!isMapping(root)) throw new ComposeFault("top-level object must be a mapping", [], "Begin with services:.");
  if (leaveOut.has("interpolation")) return root;
  const warn = (message: string) => notes.warn(message);
  return interpolateTree(root, { lookup: lookupIn(environment), onUnset: (name) => notes.unset(name), warn });
}

function extend(
  model: Mapping,
  { resets }: ParsedDocument,
  file: string,
  notes: LoadNotes,
  context: ModelContext,
): Mapping {
  const readRaw = (from: string) => readRawFile(from, context);
  return applyExtends(model, {
    file,
    base: context.base,
    root: context.base,
    files: context.files,
    notes,
    resets,
    readRaw,
    relativePaths: context.leaveOut.has("paths"),
    extended: new Map(),
    bases: new Map(),
  });
}

/** One file's own documents, merged: what `extends` with a file takes its base from. */
function readRawFile(file: string, context: ModelContext): RawFile {
  const notes = new LoadNotes();
  const resets: Path[] = [];
  const model = readDocuments(file, context).reduce<Mapping>((into, document) => {
    const read = locating(document.positions, file, () => interpolated(document, context));
    notes.take(document.positions);
    resets.push(...document.resets);
    return locating(notes.positions, file, () => {
      const reset = asMapping(document.resets.reduce<Value>(without, into));
      return inLongForm(asMapping(enforceUnicity(mergeMappings(reset, read, []))), context);
    });
  }, {});
  return { model, notes, resets };
}

/** After each document: unique, valid, canonical. */
function settle(merged: Mapping, file: string, context: ModelContext): Mapping {
  const unique = asMapping(enforceUnicity(merged));
  validate(unique, file);
  const versioned = Object.hasOwn(unique, "version");
  if (versioned)
    context.notes.warn(
      `${file}: the attribute \`version\` is obsolete, it will be ignored, please remove it to avoid potential confusion`,
    );
  return inLongForm(withEntry(unique, "version", undefined), context);
}

function inLongForm(model: Mapping, { leaveOut, notes }: ModelContext): Mapping {
  const warn = (message: string) => notes.warn(message);
  const long = leaveOut.has("interpolation") ? canonicalWithVariables(model, warn) : canonical(model, warn);
  return asMapping(enforceUnicity(withoutEmptyDns(asMapping(long))));
}

function withoutEmptyDns(model: Mapping): Mapping {
  return mapServices(model, (service) => {
    const dns = entry(service, "dns");
    return isList(dns) ? { ...service, dns: dns.filter((server) => server !== "" && server !== null) } : service;
  });
}

function asMapping(value: Value): Mapping {
  return isMapping(value) ? value : {};
}
