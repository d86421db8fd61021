import type { ComposeEvent, ComposeTools } from "../cli/tools.ts";
import type { ConfigModel } from "../compose/load-config-model.ts";
import type { Config } from "../config.ts";
import type { Project } from "../project.ts";
import type { LoadRequest } from "../project-files.ts";
import type { ComposeParts } from "../reconcile/compose-project.ts";
import { clock, engineEdge, host } from "./this-process.ts";

/** The Compose engine for the stand-alone commands: this disk, this Engine, no daemon. */
export const composeTools: ComposeTools = {
  async load(request) {
    const [{ loadProject }, { openDiskFiles }] = await Promise.all([
      import("../compose/load-project.ts"),
      import("../folder/disk-files.ts"),
    ]);
    return loadProject(openDiskFiles(), request);
  },
  async render(project, format) {
    const { renderConfig } = await import("../compose/render-config.ts");
    return renderConfig(project, format);
  },
  async renderModel(request, format) {
    const [{ model, warnings }, { renderModel }] = await Promise.all([
      configModel(request),
      import("../compose/render-config.ts"),
    ]);
    return { text: renderModel(model, format), warnings };
  },
  async variables(request, format) {
    const [{ model, warnings }, { showVariables, templateVariables }] = await Promise.all([
      configModel(request),
      import("../compose/template-variables.ts"),
    ]);
    return { text: showVariables(templateVariables(model), format), warnings };
  },
  async environment(request) {
    const [{ openProject }, { openDiskFiles }] = await Promise.all([
      import("../compose/open-project.ts"),
      import("../folder/disk-files.ts"),
    ]);
    const { environment } = openProject(openDiskFiles(), request).context;
    return [...environment].map(([name, value]) => `${name}=${value}`).sort();
  },
  async plan({ dockerHost }, project, options, onEvent, signal) {
    const [{ composePlan }, { connectEngine }] = await Promise.all([
      import("../reconcile/compose-project.ts"),
      import("../docker/docker-engine.ts"),
    ]);
    const onWarning = (message: string) => onEvent({ type: "warning", message });
    return await composePlan(
      await supported(project),
      options,
      { engine: connectEngine({ dockerHost }), clock, onWarning },
      signal,
    );
  },
  async up(config, project, options, onEvent, signal) {
    const { composeUp } = await import("../reconcile/compose-project.ts");
    return await composeUp(await supported(project), options, await composeParts(config, onEvent), signal);
  },
  async down(config, project, options, onEvent, signal) {
    const { composeDown } = await import("../reconcile/compose-project.ts");
    return await composeDown(project, options, await composeParts(config, onEvent), signal);
  },
  async ps({ dockerHost }, projectName, signal) {
    const { connectEngine } = await import("../docker/docker-engine.ts");
    return (
      await connectEngine({ dockerHost }).observe(
        { project: projectName, images: [], networks: [], volumes: [] },
        signal,
      )
    ).containers;
  },
};

async function configModel(request: LoadRequest): Promise<ConfigModel> {
  const [{ loadConfigModel }, { openDiskFiles }] = await Promise.all([
    import("../compose/load-config-model.ts"),
    import("../folder/disk-files.ts"),
  ]);
  return loadConfigModel(openDiskFiles(), request);
}

/** Throws ComposeUnsupported before anything is touched. */
async function supported(project: Project): Promise<Project> {
  const { checkSupported } = await import("../compose/unsupported.ts");
  checkSupported(project);
  return project;
}

async function composeParts({ dockerHost }: Config, onEvent: (event: ComposeEvent) => void): Promise<ComposeParts> {
  const { connectEngine } = await import("../docker/docker-engine.ts");
  return {
    // A build may use the caller's own SSH agent; a daemon hands on nobody's.
    engine: connectEngine({
      ...(await engineEdge(dockerHost)),
      sshAgent: host.environment["SSH_AUTH_SOCK"] || undefined,
    }),
    clock,
    onWarning: (message) => onEvent({ type: "warning", message }),
    onWait: (text) => onEvent({ type: "wait", text }),
    onStep: ({ operation, status, durationMs }) => onEvent({ type: "operation", operation, status, durationMs }),
    onProgress: (operation, text) => {
      if (operation.kind === "pull-image") onEvent({ type: "pull-progress", image: operation.image, text });
      if (operation.kind === "build-image") onEvent({ type: "build-progress", image: operation.image, text });
    },
  };
}
