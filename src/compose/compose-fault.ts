import { type Position, type Reason, TallymanError } from "../error.ts";
import type { Path } from "./tree.ts";

/** Where each path of a document was written. Keys are dotted paths; later documents override earlier ones. */
export type Positions = ReadonlyMap<string, Position>;

/** Something wrong at a path of the model; becomes a TallymanError once the path is known to sit in a file. */
export class ComposeFault extends Error {
  readonly reason: Reason;
  readonly path: Path;
  readonly hint: string;

  constructor(message: string, path: Path, hint = "", reason: Reason = "ComposeInvalid") {
    super(message);
    this.reason = reason;
    this.path = path;
    this.hint = hint;
  }
}

/** The position of a path, or of the nearest one around it. */
export function nearestPosition(positions: Positions, path: Path): Position | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const found = positions.get(path.slice(0, length).join("."));
    if (found) return found;
  }
  return undefined;
}

/** Runs a chapter of the loader; what it finds wrong is thrown with file, line and column. */
export function locating<Result>(positions: Positions, file: string | undefined, work: () => Result): Result {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof RangeError)
      throw located(new ComposeFault("the model is nested too deeply", []), positions, file);
    if (!(thrown instanceof ComposeFault)) throw thrown;
    throw located(thrown, positions, file);
  }
}

function located(fault: ComposeFault, positions: Positions, file: string | undefined): TallymanError {
  const at = nearestPosition(positions, fault.path) ?? (file === undefined ? undefined : { file });
  const hint = fault.hint || (at ? `Correct ${at.file}${at.line ? ` at line ${at.line}` : ""}.` : "");
  return new TallymanError(fault.reason, fault.message, { hint, ...(at ? { at } : {}) });
}

/** Runs `parse`; whatever it complains about is a fault at this path with the parser's own sentence. */
export function faultAt<Result>(path: Path, prefix: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (thrown) {
    if (thrown instanceof ComposeFault) throw thrown;
    const hint = thrown instanceof TallymanError ? thrown.hint : "";
    throw new ComposeFault(`${prefix}${thrown instanceof Error ? thrown.message : String(thrown)}`, path, hint);
  }
}
