import { ComposeFault } from "./compose-fault.ts";
import { cleanPath } from "./posix-path.ts";
import type { Mapping, Path } from "./tree.ts";

const PROPAGATIONS = ["rprivate", "private", "rshared", "shared", "rslave", "slave"];

export interface LongVolume extends Mapping {
  readonly target: string;
}

/** `[source:]target[:options]` in long form; options nobody knows are ignored. Source: compose-go format.ParseVolume. */
export function parseVolume(spec: string, path: Path): LongVolume {
  const [first = "", second, options = ""] = sections(spec, path);
  const source = second === undefined ? "" : first;
  const wanted = options.split(",");
  const asBind = isHostPath(source);
  return {
    type: asBind ? "bind" : "volume",
    ...(source === "" ? {} : { source }),
    target: cleanPath(second ?? first),
    ...readOnly(wanted),
    ...bindOptions(wanted, asBind),
    ...volumeOptions(wanted, !asBind && spec.length > 2),
  };
}

function readOnly(options: readonly string[]): Mapping {
  const last = options.filter((option) => option === "ro" || option === "rw").at(-1);
  return last === "ro" ? { read_only: true } : {};
}

/** A relabelling wish stays with a named volume too: Docker Compose keeps it there. */
function bindOptions(options: readonly string[], asBind: boolean): Mapping {
  const propagation = options.filter((option) => PROPAGATIONS.includes(option)).at(-1);
  const selinux = options.filter((option) => option === "z" || option === "Z").at(-1);
  if (!asBind && propagation === undefined && selinux === undefined) return {};
  const given = {
    ...(selinux === undefined ? {} : { selinux }),
    ...(propagation === undefined ? {} : { propagation }),
  };
  return { bind: asBind ? { ...given, create_host_path: true } : given };
}

function volumeOptions(options: readonly string[], asVolume: boolean): Mapping {
  if (options.includes("nocopy")) return { volume: { nocopy: true } };
  return asVolume ? { volume: {} } : {};
}

function isHostPath(source: string): boolean {
  return /^[./~]/.test(source) || source.startsWith("\\\\") || /^[a-zA-Z]:/.test(source);
}

/** Splits at colons that stand neither in `${…}` nor behind a Windows drive letter. */
function sections(spec: string, path: Path): readonly string[] {
  if (spec === "") throw fault("invalid empty volume spec", path);
  if (spec.length <= 2) return [spec];
  const parts: string[] = [];
  let current = "";
  let depth = 0;
  for (const [index, character] of spec.split("").entries()) {
    if (character === "{" && spec[index - 1] === "$") depth += 1;
    if (character === "}" && depth > 0) depth -= 1;
    if (character !== ":" || depth > 0 || /^[a-zA-Z]$/.test(current)) {
      current += character;
      continue;
    }
    if (current === "") throw fault(`invalid spec: ${spec}: empty section between colons`, path);
    parts.push(current);
    current = "";
  }
  if (current === "") throw fault(`invalid spec: ${spec}: empty section between colons`, path);
  parts.push(current);
  if (parts.length > 3) throw fault(`invalid spec: ${spec}: too many colons`, path);
  return parts;
}

function fault(message: string, path: Path): ComposeFault {
  return new ComposeFault(message, path, 'Write it like "./data:/data", "name:/data" or "./file:/file:ro".');
}
