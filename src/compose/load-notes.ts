import type { Position } from "../error.ts";
import type { Positions } from "./compose-fault.ts";
import type { Path } from "./tree.ts";

/** What a load gathers beside the model: where things were written, and what the person should know. */
export class LoadNotes {
  readonly positions = new Map<string, Position>();
  readonly warnings = new Set<string>();
  private readonly outer: LoadNotes | undefined;
  /** Paths by their first two keys (`services.web`), so that one service's are found without reading all. */
  private readonly paths = new Map<string, Set<string>>();

  /** With outer notes, warnings go there; positions stay apart. */
  constructor(outer?: LoadNotes) {
    this.outer = outer;
  }

  warn(message: string): void {
    if (this.outer) this.outer.warn(message);
    else this.warnings.add(message);
  }

  unset(variableName: string): void {
    this.warn(`The "${variableName}" variable is not set. Defaulting to a blank string.`);
  }

  /** A later document's positions win; items of a list that both have are dropped, since merging moves them. */
  take(later: Positions): void {
    for (const path of later.keys())
      if (path.endsWith(".0") && this.positions.has(path)) this.forgetItems(path.slice(0, -1), later);
    for (const [path, position] of later) this.set(path, position);
  }

  /** Positions of something brought in from elsewhere; what is written here already wins. */
  adopt(foreign: LoadNotes, from: Path, to: Path): void {
    const [source, target] = [from.join("."), to.join(".")];
    for (const path of foreign.paths.get(ownerOf(source)) ?? []) {
      const position = foreign.positions.get(path);
      if (!position || (path !== source && !path.startsWith(`${source}.`))) continue;
      const moved = `${target}${path.slice(source.length)}`;
      if (!this.positions.has(moved)) this.set(moved, position);
    }
  }

  private set(path: string, position: Position): void {
    this.positions.set(path, position);
    const owner = ownerOf(path);
    const known = this.paths.get(owner);
    if (known) known.add(path);
    else this.paths.set(owner, new Set([path]));
  }

  private forgetItems(prefix: string, later: Positions): void {
    const known = this.paths.get(ownerOf(prefix));
    for (const path of known ?? []) {
      if (!path.startsWith(prefix) || later.has(path)) continue;
      this.positions.delete(path);
      known?.delete(path);
    }
  }
}

/** The first two keys of a dotted path. A service name with a dot only makes its group larger. */
function ownerOf(path: string): string {
  return path.split(".", 2).join(".");
}
