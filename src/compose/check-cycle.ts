import type { Project } from "../project.ts";
import { ComposeFault } from "./compose-fault.ts";

/** Refuses services that wait for each other, naming the whole circle. */
export function refuseCycle({ services }: Pick<Project, "services">): void {
  const done = new Set<string>();
  for (const name of Object.keys(services).sort()) walk(name, [], services, done);
}

function walk(name: string, trail: readonly string[], services: Project["services"], done: Set<string>): void {
  const start = trail.indexOf(name);
  if (start >= 0) throw cycle([...trail.slice(start), name]);
  if (done.has(name) || !Object.hasOwn(services, name)) return;
  for (const next of Object.keys(services[name]?.depends_on ?? {}).sort()) walk(next, [...trail, name], services, done);
  done.add(name);
}

function cycle(names: readonly string[]): ComposeFault {
  const path = ["services", names[0] ?? "", "depends_on", names[1] ?? ""];
  return new ComposeFault(
    `dependency cycle detected: ${names.join(" -> ")}`,
    path,
    "Remove one of these dependencies.",
  );
}
