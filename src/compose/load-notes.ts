import type { Position } from "../error.ts";
import type { Positions } from "./compose-fault.ts";
import type { Path } from "./tree.ts";

/** What a load gathers beside the model: where things were written, and what the person should know. */
export class LoadNotes {
  readonly positions = new Map<string, Position>();
  readonly warnings = new Set<string>();
  private readonly outer: LoadNotes | undefined;

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
    for (const [path, position] of later) this.positions.set(path, position);
  }

  /** Positions of something brought in from elsewhere; what is written here already wins. */
  adopt(foreign: Positions, from: Path, to: Path): void {
    const [source, target] = [from.join("."), to.join(".")];
    for (const [path, position] of foreign) {
      if (path !== source && !path.startsWith(`${source}.`)) continue;
      const moved = `${target}${path.slice(source.length)}`;
      if (!this.positions.has(moved)) this.positions.set(moved, position);
    }
  }

  private forgetItems(prefix: string, later: Positions): void {
    for (const path of this.positions.keys())
      if (path.startsWith(prefix) && !later.has(path)) this.positions.delete(path);
  }
}
