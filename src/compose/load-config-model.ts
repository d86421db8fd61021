import type { LoadRequest, ProjectFiles } from "../project-files.ts";
import { ComposeFault, locating } from "./compose-fault.ts";
import { loadModel } from "./load-model.ts";
import { normalize } from "./normalize.ts";
import { openProject } from "./open-project.ts";
import type { Mapping } from "./tree.ts";

/** The files merged and canonical, with their variables standing in them. */
export interface ConfigModel {
  readonly model: Mapping;
  readonly warnings: readonly string[];
}

/**
 * What `docker compose config --no-interpolate` prints: no variable is replaced, no profile chosen, nothing is bound or checked
 * for consistency, and what names a variable without a value stays bare.
 */
export function loadConfigModel(files: ProjectFiles, request: LoadRequest): ConfigModel {
  const leaveOut = [...(request.leaveOut ?? []), "interpolation" as const];
  const { found, name, context } = openProject(files, { ...request, leaveOut });
  const blind = { ...context, environment: new Map<string, string>() };
  const model = loadModel(found.files, blind);
  const normal = locating(context.notes.positions, found.files[0], () => {
    if (Object.keys(model).length === 0)
      throw new ComposeFault("empty compose file", [], "Add services: with at least one service.");
    return context.leaveOut.has("normalization") ? model : normalize({ ...model, name }, name, () => undefined);
  });
  return { model: normal, warnings: [...context.notes.warnings] };
}
