import { ComposeFault } from "./compose-fault.ts";
import { interpolateTree, type Lookup } from "./interpolate.ts";
import type { ParsedDocument } from "./parse-yaml.ts";
import { baseName } from "./posix-path.ts";
import { entry, textOf } from "./tree.ts";

/** Where a project name may come from, strongest first. */
export interface NameSources {
  readonly given: string | undefined;
  readonly lookup: Lookup;
  /** Read only when nothing stronger names the project. */
  readonly documents: () => readonly ParsedDocument[];
  readonly directory: string;
}

/** `-p`, COMPOSE_PROJECT_NAME, the last `name:`, or the directory's name. Source: Compose Specification, "Version and name". */
export function projectName({ given, lookup, documents, directory }: NameSources): string {
  const imposed = given || lookup("COMPOSE_PROJECT_NAME");
  if (imposed) return checked(imposed);
  const name = normalizeName(declaredName(documents(), lookup) ?? baseName(directory));
  if (name !== "") return name;
  throw new ComposeFault("project name must not be empty", [], "Give the project a name with name: or -p.");
}

/** Lowercase, only letters, digits, `-` and `_`, beginning with a letter or digit. */
export function normalizeName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "");
}

function checked(name: string): string {
  if (normalizeName(name) === name) return name;
  const rule =
    "must consist only of lowercase alphanumeric characters, hyphens, and underscores as well as start with a letter or number";
  throw new ComposeFault(`invalid project name "${name}": ${rule}`, [], `Use "${normalizeName(name) || "app"}".`);
}

/** The last `name:` with its variables replaced; undefined when no file has one. */
function declaredName(documents: readonly ParsedDocument[], lookup: Lookup): string | undefined {
  const name = documents
    .map(({ root }) => textOf(entry(root, "name")))
    .filter(Boolean)
    .at(-1);
  if (name === undefined) return undefined;
  return textOf(entry(interpolateTree({ name }, { lookup, onUnset: () => undefined }), "name"));
}
