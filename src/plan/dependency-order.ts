import { TallymanError } from "../error.ts";
import type { Project } from "../project.ts";

/** Service names, dependencies first, ties by name. Throws ComposeInvalid on a circle (the loader refuses it earlier). */
export function dependencyOrder(project: Project): readonly string[] {
  const ordered: string[] = [];
  const done = new Set<string>();
  const visit = (serviceName: string, path: readonly string[]): void => {
    if (done.has(serviceName)) return;
    if (path.includes(serviceName)) {
      throw new TallymanError("ComposeInvalid", `dependency cycle detected: ${[...path, serviceName].join(" -> ")}`);
    }
    for (const dependency of dependenciesOf(project, serviceName)) visit(dependency, [...path, serviceName]);
    done.add(serviceName);
    ordered.push(serviceName);
  };
  for (const serviceName of Object.keys(project.services).sort()) visit(serviceName, []);
  return ordered;
}

/** Active services that this one declares in `depends_on` (the loader has put the implied ones there too). */
export function dependenciesOf(project: Project, serviceName: string): readonly string[] {
  const declared = Object.keys(project.services[serviceName]?.depends_on ?? {});
  return declared.filter((name) => project.services[name] !== undefined).sort();
}
