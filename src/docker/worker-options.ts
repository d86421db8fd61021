import type Docker from "dockerode";
import { TALLYMAN_LABEL } from "../label.ts";
import type { WorkerJob } from "../worker.ts";

export interface WorkerSettings {
  readonly image: string;
  /** What a worker with network sees: a bridge of the Engine, or the host itself. */
  readonly network: "bridge" | "host";
  /** Id of this Tallyman: only its own workers are swept. */
  readonly instance: string;
}

const MEBIBYTE = 1024 * 1024;
const MEMORY_BYTES = 512 * MEBIBYTE;

/**
 * The create body of a worker: nothing but its mounts to write to, no capability, no Engine socket, bounded processes, memory and CPU,
 * and no network unless the job asks for it. Source: git.md, "Worker".
 */
export function workerOptions(job: WorkerJob, settings: WorkerSettings): Docker.ContainerCreateOptions {
  const [entrypoint = "", ...args] = job.argv;
  return {
    Image: settings.image,
    Entrypoint: [entrypoint],
    Cmd: args,
    Env: Object.entries({ HOME: "/tmp", ...job.environment }).map(([key, value]) => `${key}=${value}`),
    User: job.user,
    WorkingDir: "/",
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Healthcheck: { Test: ["NONE"] },
    Labels: { [TALLYMAN_LABEL.worker]: job.name, [TALLYMAN_LABEL.instance]: settings.instance },
    HostConfig: {
      ...confinement,
      NetworkMode: job.network ? settings.network : "none",
      Mounts: job.mounts.map(({ hostPath, path, readOnly }) => ({
        Type: "bind",
        Source: hostPath,
        Target: path,
        ReadOnly: readOnly,
      })),
    },
  };
}

const confinement: Docker.HostConfig = {
  AutoRemove: false,
  ReadonlyRootfs: true,
  CapDrop: ["ALL"],
  SecurityOpt: ["no-new-privileges"],
  Privileged: false,
  PidsLimit: 128,
  Memory: MEMORY_BYTES,
  MemorySwap: MEMORY_BYTES,
  NanoCpus: 1_000_000_000,
  Tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=67108864,mode=1777" },
  RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
  // The output is read from here whatever driver the Engine prefers; bounded, so that a chatty job can't fill the disk.
  LogConfig: { Type: "json-file", Config: { "max-size": "4m", "max-file": "1" } },
};
