import { connectEngine } from "../../src/docker/docker-engine.ts";
import type { Engine, PerformContext, PerformResult } from "../../src/engine.ts";
import { observeQuery } from "../../src/plan/planner.ts";
import type { Operation } from "../../src/plan.ts";
import type { Project } from "../../src/project.ts";
import { type TestEngine, testEngine } from "../support/engine.ts";
import { removeProject } from "../support/engine-api.ts";
import { busyboxImage } from "../support/images.ts";

/** One project on the test Engine, driven operation by operation; gone at the end of `using`. */
export interface EngineRig extends AsyncDisposable {
  readonly host: TestEngine;
  readonly engine: Engine;
  readonly signal: AbortSignal;
  observe(): ReturnType<Engine["observe"]>;
  perform(operation: Operation, more?: Partial<PerformContext>): Promise<PerformResult>;
  /** Creates and starts the service's container number 1; gives its id. */
  run(serviceName: string): Promise<string>;
}

export async function engineRig(project: Project): Promise<EngineRig> {
  const host = await testEngine();
  await busyboxImage(host);
  await removeProject(host, project.name);
  const engine = connectEngine({ dockerHost: host.dockerHost });
  const signal = AbortSignal.timeout(120_000);
  const observe = () => engine.observe(observeQuery(project), signal);
  const perform: EngineRig["perform"] = async (operation, more) => {
    const base = { project, observed: await observe(), created: new Map(), labels: {}, progress: () => {} };
    return engine.perform(operation, { ...base, ...more }, signal);
  };
  return {
    host,
    engine,
    signal,
    observe,
    perform,
    async run(serviceName) {
      const id = (await perform(createOf(project, serviceName))).containerId ?? "";
      await perform({ kind: "start-container", serviceName, number: 1, container: { id, name: serviceName } });
      return id;
    },
    [Symbol.asyncDispose]: () => removeProject(host, project.name),
  };
}

export function createOf(project: Project, serviceName: string): Extract<Operation, { kind: "create-container" }> {
  const name = `${project.name}-${serviceName}-1`;
  const configHash = "0".repeat(64);
  const fresh = { replaces: null, configHash, imageId: null, shares: {} };
  return { kind: "create-container", serviceName, number: 1, name, finalName: name, ...fresh };
}
