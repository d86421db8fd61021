import type {
  Difference,
  Engine,
  EngineChange,
  EngineInfo,
  LogLine,
  PerformContext,
  PerformResult,
} from "../../src/engine.ts";
import { TallymanError } from "../../src/error.ts";
import { COMPOSE_LABEL, TALLYMAN_LABEL } from "../../src/label.ts";
import type { ObservedContainer, ObservedImage, ObservedState, ObserveQuery } from "../../src/observed-state.ts";
import { type Operation, resourceOf } from "../../src/plan.ts";
import { imageOf, restartPolicyName } from "../../src/project.ts";

type Reference = Extract<Operation, { kind: "start-container" }>["container"];

/** How containers of an image behave once started. */
export type Behaviour = "healthy" | "starting" | "unhealthy" | "runs" | "exits 0" | "exits 1";

/** An Engine in memory for flow tests: same contract, no Docker. Every performed operation is recorded. */
export class MemoryEngine implements Engine {
  readonly performed: string[] = [];
  readonly images = new Map<string, ObservedImage>();
  readonly behaviours = new Map<string, Behaviour>();
  /** Called before each operation; may throw to inject a fault. */
  beforePerform: (operation: Operation) => void = () => undefined;
  containers: ObservedContainer[] = [];
  networks = new Set<string>();
  volumes = new Set<string>();
  observations = 0;
  /** Container id → what `differences` tells of it. */
  readonly different = new Map<string, readonly Difference[]>();
  /** Container id → the codes with which it ended so far. */
  readonly ended = new Map<string, readonly number[]>();
  #nextId = 1;
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  addImage(reference: string, behaviour: Behaviour, id = `sha256:${reference}`): void {
    const image = {
      id,
      repoDigests: [],
      volumes: [],
      hasHealthcheck: behaviour.endsWith("healthy"),
      labels: {},
      os: "linux",
      architecture: "amd64",
    };
    this.images.set(reference, image);
    this.behaviours.set(id, behaviour);
  }

  async info(): Promise<EngineInfo> {
    return {
      version: "28.0.0",
      apiVersion: "1.48",
      name: "memory",
      containers: 0,
      operatingSystem: "none",
      dockerRootDir: "/",
    };
  }

  async observe(query: ObserveQuery): Promise<ObservedState> {
    this.observations += 1;
    const labels = { [COMPOSE_LABEL.project]: query.project };
    const network = (name: string) => ({
      id: name,
      name,
      driver: "bridge",
      labels: { ...labels, [COMPOSE_LABEL.network]: name.slice(query.project.length + 1) },
    });
    const own = (names: ReadonlySet<string>, asked: readonly string[]) =>
      [...names].filter((name) => name.startsWith(`${query.project}_`) || asked.includes(name));
    return {
      project: query.project,
      containers: this.containers.filter((container) => container.labels[COMPOSE_LABEL.project] === query.project),
      networks: own(this.networks, query.networks).map(network),
      volumes: own(this.volumes, query.volumes).map((name) => ({ name, driver: "local", labels })),
      images: Object.fromEntries(query.images.map((image) => [image, this.images.get(image) ?? this.#imageOf(image)])),
    };
  }

  async differences(): Promise<ReadonlyMap<string, readonly Difference[]>> {
    return this.different;
  }

  async inspect(containerId: string): Promise<ObservedContainer | null> {
    return this.containers.find((container) => container.id === containerId) ?? null;
  }

  async exitCodes(containerId: string): Promise<readonly number[]> {
    return this.ended.get(containerId) ?? [];
  }

  async *changes(_project: string | null, signal: AbortSignal): AsyncIterable<EngineChange> {
    yield { type: "listening" };
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (!signal.aborted) await promise;
  }

  async *logs(containerId: string): AsyncIterable<LogLine> {
    yield { at: this.#now().toISOString(), stream: "stderr", text: `last words of ${containerId}` };
  }

  async perform(operation: Operation, context: PerformContext): Promise<PerformResult> {
    this.beforePerform(operation);
    this.performed.push(`${operation.kind} ${resourceOf(operation)}`);
    switch (operation.kind) {
      case "pull-image":
        if (!this.images.has(operation.image))
          throw new TallymanError("ImageUnavailable", `no such image: ${operation.image}`);
        return {};
      case "build-image":
      case "await-service":
      case "delay":
      case "signal-container":
        return {};
      case "await-container":
        return this.#await(operation.container, context);
      case "remove-image":
        this.images.delete(operation.image);
        return {};
      case "create-network":
        this.networks.add(operation.name);
        return {};
      case "remove-network":
        this.networks.delete(operation.name);
        return {};
      case "create-volume":
        this.volumes.add(operation.name);
        return {};
      case "remove-volume":
        this.volumes.delete(operation.name);
        return {};
      case "create-container":
        return { containerId: this.#create(operation, context) };
      case "start-container":
        return this.#change(operation.container, context, (container) => ({
          ...container,
          ...this.#started(container),
        }));
      case "stop-container":
        return this.#change(operation.container, context, (container) => ({
          ...container,
          state: "exited",
          exitCode: 143,
          health: "none",
        }));
      case "remove-container":
        this.containers = this.containers.filter(
          (container) => container.id !== this.#idOf(operation.container, context),
        );
        return {};
      case "rename-container":
        this.#refuseTaken(operation.newName, this.#idOf(operation.container, context));
        return this.#change(operation.container, context, (container) => ({ ...container, name: operation.newName }));
      case "disconnect-network":
        return this.#change(operation.container, context, (container) => ({
          ...container,
          networks: container.networks.filter(({ name }) => name !== operation.networkName),
        }));
      case "connect-network": {
        const joined = { name: operation.networkName, id: operation.networkName };
        return this.#change(operation.container, context, (container) => ({
          ...container,
          networks: [...container.networks, joined],
        }));
      }
      case "set-restart-policy": {
        const service = context.project.services[operation.serviceName];
        const restartPolicy = operation.policy === "no" || !service ? "no" : restartPolicyName(service);
        return this.#change(operation.container, context, (container) => ({ ...container, restartPolicy }));
      }
    }
  }

  #await(container: Reference, context: PerformContext): PerformResult {
    const found = this.containers.find(({ id }) => id === this.#idOf(container, context));
    if (found?.state === "running" && found.health !== "unhealthy") return {};
    throw new TallymanError("NotHealthy", `${container.name} is ${found?.health} and ${found?.state}`);
  }

  #refuseTaken(name: string, own = ""): void {
    if (this.containers.some((container) => container.name === name && container.id !== own))
      throw new TallymanError("EngineRefused", `the container name "${name}" is already in use`);
  }

  #imageOf(id: string | null): ObservedImage | null {
    return [...this.images.values()].find((image) => image.id === id) ?? null;
  }

  #create(operation: Extract<Operation, { kind: "create-container" }>, { project, labels }: PerformContext): string {
    this.#refuseTaken(operation.name);
    const { serviceName, number } = operation;
    const image = imageOf(project, serviceName);
    const found = this.#imageOf(operation.imageId) ?? this.images.get(image);
    const service = project.services[serviceName];
    if (!found || !service) throw new TallymanError("ImageUnavailable", `no such image: ${image}`);
    const id = (this.#nextId++).toString(16).padStart(12, "0").padEnd(64, "0");
    const contents = project.contents?.[serviceName];
    const own = {
      ...(contents ? { [TALLYMAN_LABEL.contents]: JSON.stringify(contents) } : {}),
      [COMPOSE_LABEL.project]: project.name,
      [COMPOSE_LABEL.service]: serviceName,
      [COMPOSE_LABEL.image]: found.id,
      [COMPOSE_LABEL.dependsOn]: Object.keys(service.depends_on ?? {})
        .map((name) => `${name}:service_started:false`)
        .join(","),
    };
    this.containers.push({
      id,
      name: operation.name,
      serviceName,
      number,
      oneOff: false,
      state: "created",
      health: "none",
      exitCode: 0,
      restartCount: 0,
      oomKilled: false,
      error: "",
      startedAt: null,
      finishedAt: null,
      createdAt: this.#now().toISOString(),
      configHash: operation.configHash,
      imageId: found.id,
      image: operation.imageId ?? image,
      labels: { ...labels, ...own },
      restartPolicy: restartPolicyName(service),
      networks: Object.keys(service.networks ?? {}).map((key) => ({
        name: `${project.name}_${key}`,
        id: `${project.name}_${key}`,
      })),
      mounts: (service.volumes ?? []).map((mount) => ({
        type: mount.type,
        source: project.volumes[mount.source ?? ""]?.name ?? mount.source ?? "",
        target: mount.target,
        readOnly: false,
      })),
      healthLog: [],
    });
    return id;
  }

  #started(container: ObservedContainer): Partial<ObservedContainer> {
    const startedAt = new Date(this.#now().getTime() - 60_000).toISOString();
    const finishedAt = this.#now().toISOString();
    switch (this.behaviours.get(container.imageId) ?? "runs") {
      case "healthy":
        return { state: "running", health: "healthy", startedAt };
      case "starting":
        return { state: "running", health: "starting", startedAt };
      case "unhealthy":
        return { state: "running", health: "unhealthy", startedAt };
      case "runs":
        return { state: "running", health: "none", startedAt };
      case "exits 0":
        return { state: "exited", exitCode: 0, startedAt, finishedAt };
      case "exits 1":
        return { state: "exited", exitCode: 1, startedAt, finishedAt };
    }
  }

  #idOf(container: { readonly id: string } | { readonly createdBy: number }, { created }: PerformContext): string {
    return "id" in container ? container.id : (created.get(container.createdBy) ?? "");
  }

  #change(
    reference: Reference,
    context: PerformContext,
    change: (container: ObservedContainer) => ObservedContainer,
  ): PerformResult {
    const id = this.#idOf(reference, context);
    if (!this.containers.some((container) => container.id === id))
      throw new TallymanError("EngineRefused", `no such container: ${id}`);
    this.containers = this.containers.map((container) => (container.id === id ? change(container) : container));
    return {};
  }
}
