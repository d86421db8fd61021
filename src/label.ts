/** The labels that Docker Compose reads back; names and spellings are its contract. Source: docker/compose pkg/api/labels.go. */
export const COMPOSE_LABEL = {
  project: "com.docker.compose.project",
  service: "com.docker.compose.service",
  configHash: "com.docker.compose.config-hash",
  number: "com.docker.compose.container-number",
  oneOff: "com.docker.compose.oneoff",
  dependsOn: "com.docker.compose.depends_on",
  image: "com.docker.compose.image",
  configFiles: "com.docker.compose.project.config_files",
  workingDir: "com.docker.compose.project.working_dir",
  environmentFile: "com.docker.compose.project.environment_file",
  version: "com.docker.compose.version",
  replace: "com.docker.compose.replace",
  network: "com.docker.compose.network",
  volume: "com.docker.compose.volume",
} as const;

/** The Docker Compose whose hashes and labels we write (flavour A). */
export const EMULATED_COMPOSE_VERSION = "2.40.3";

/** Our own labels: extra ones that never enter a config hash. */
export const TALLYMAN_LABEL = {
  /** Stack that a container belongs to; says which Tallyman may touch it. */
  stack: "io.tallyman.stack",
  /** Instance id of the daemon that made it (two Tallymans on one Engine keep apart by it). */
  instance: "io.tallyman.instance",
  /** Marks a git worker: its value is the job. */
  worker: "io.tallyman.worker",
  /** On an image: digest of what its build was sent and asked for. */
  context: "io.tallyman.context",
  /** On a container: `FileDigests` as JSON, of the tracked files that it mounts. */
  contents: "io.tallyman.contents",
} as const;

/** Labels that a Compose file may set for Tallyman. */
export const STEERING_LABEL = {
  /** Signal to send when only mounted files changed, instead of making the container anew: `SIGHUP`. */
  reload: "tallyman.reload",
  /** Comma-separated mounted paths to which that applies; absent: all. */
  reloadPaths: "tallyman.reload.paths",
} as const;

/** The name a container bears while it waits, stopped, for its successor's gate: recognisable without any memory of ours. */
export function retainedName(finalName: string, containerId: string): string {
  return `${finalName}_retained_${containerId.slice(0, 12)}`;
}

export function isRetainedName(name: string): boolean {
  return /_retained_[0-9a-f]{12}$/.test(name);
}

/** Neither a one-off nor a predecessor that waits for the gate: it counts as one of its service's containers. */
export function isServing({ oneOff, name }: { readonly oneOff: boolean; readonly name: string }): boolean {
  return !oneOff && !isRetainedName(name);
}

/** The name of a successor before it takes its predecessor's place; the same as Docker Compose's own. */
export function successorName(finalName: string, replacedId: string): string {
  return `${replacedId.slice(0, 12)}_${finalName}`;
}

/** The services named in a depends_on label (`db:service_healthy:false,cache:service_started:true`). */
export function dependenciesFromLabel(labels: Readonly<Record<string, string>>): readonly string[] {
  const label = labels[COMPOSE_LABEL.dependsOn] ?? "";
  return label.split(",").flatMap((entry) => entry.split(":")[0] || []);
}
