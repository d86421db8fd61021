import { asTallymanError, TallymanError } from "../error.ts";
import { TALLYMAN_LABEL } from "../label.ts";
import type { WorkerJob, WorkerResult, WorkerRunner } from "../worker.ts";
import { createEngineClient, type EngineClient } from "./engine-client.ts";
import { engineText, statusOf } from "./engine-error.ts";
import { pullImage } from "./pull.ts";
import type { RegistryAuth } from "./registry-auth.ts";
import { type WorkerSettings, workerOptions } from "./worker-options.ts";
import { readWorkerOutput } from "./worker-output.ts";

const REMOVE_DEADLINE_MS = 60_000;

export interface WorkerRunnerSettings extends WorkerSettings {
  readonly dockerHost: string;
  readonly registryAuth?: RegistryAuth;
}

/** Runs each job in a locked-down container of its own that never outlives the call. */
export function createWorkerRunner(settings: WorkerRunnerSettings): WorkerRunner {
  const client = createEngineClient(settings);
  const left = new LeftWorkers(client);
  return {
    run: (job, signal) => runWorker(client, job, settings, left, signal),
    sweep: (signal) => sweepWorkers(client, settings.instance, signal),
  };
}

async function runWorker(
  client: EngineClient,
  job: WorkerJob,
  settings: WorkerRunnerSettings,
  left: LeftWorkers,
  signal: AbortSignal,
): Promise<WorkerResult> {
  await left.clear();
  const id = await createWorker(client, job, settings, left, signal);
  const deadline = AbortSignal.timeout(job.deadlineMs);
  try {
    return await runToEnd(client, id, job, AbortSignal.any([signal, deadline]));
  } catch (thrown) {
    throw deadline.aborted && !signal.aborted ? tookTooLong(job) : workerError(job, thrown);
  } finally {
    await left.remove(id);
  }
}

async function createWorker(
  client: EngineClient,
  job: WorkerJob,
  settings: WorkerRunnerSettings,
  left: LeftWorkers,
  signal: AbortSignal,
): Promise<string> {
  // A name of our own lets us remove what was made by a call whose answer never came.
  const name = `tallyman-worker-${crypto.randomUUID()}`;
  const what = `create the worker for "${job.name}"`;
  const request = {
    method: "POST",
    path: "/containers/create",
    query: { name },
    body: workerOptions(job, settings),
    what,
  } as const;
  try {
    return (await client.call<{ Id: string }>(request, signal)).Id;
  } catch (thrown) {
    await left.remove(name);
    if (!(thrown instanceof TallymanError) || thrown.reason !== "ImageUnavailable") throw workerError(job, thrown);
  }
  await pullWorkerImage(client, settings, signal);
  return (await client.call<{ Id: string }>(request, signal)).Id;
}

async function pullWorkerImage(
  client: EngineClient,
  settings: WorkerRunnerSettings,
  signal: AbortSignal,
): Promise<void> {
  const { image, registryAuth } = settings;
  try {
    await pullImage(client, { image, platform: null, progress: () => {}, registryAuth }, signal);
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    const cause = asTallymanError(thrown);
    // The Engine's own trouble stays that; with a registry's comes the way that needs none.
    if (cause.reason.startsWith("Engine")) throw cause;
    throw new TallymanError("ImageUnavailable", `The worker image ${image} is not here and can't be pulled.`, {
      hint: "On a host without registry run `tallyman worker-image build`.",
      cause,
    });
  }
}

async function runToEnd(client: EngineClient, id: string, job: WorkerJob, signal: AbortSignal): Promise<WorkerResult> {
  const path = `/containers/${id}`;
  await client.call({ method: "POST", path: `${path}/start`, what: `start the worker for "${job.name}"` }, signal);
  const end = await client.call<{ StatusCode: number }>(
    { method: "POST", path: `${path}/wait`, what: `wait for the worker of "${job.name}"`, deadlineMs: job.deadlineMs },
    signal,
  );
  return { exitCode: end.StatusCode, ...(await readWorkerOutput(client, id, signal)) };
}

function tookTooLong(job: WorkerJob): TallymanError {
  return new TallymanError("GitTimeout", `"${job.name}" took longer than ${Math.round(job.deadlineMs / 1000)} s.`, {
    hint: "The remote is slow or the repository large; it is tried again by itself.",
  });
}

/** The Engine's refusal of a worker is the worker's failure; what concerns the Engine or the caller stays as it is. */
function workerError(job: WorkerJob, thrown: unknown): unknown {
  if (!(thrown instanceof TallymanError) || thrown.reason !== "EngineRefused") return thrown;
  return new TallymanError("WorkerFailed", `The worker for "${job.name}" can't run: ${engineText(thrown)}`, {
    hint: "The text is the Docker Engine's own; try `tallyman doctor`.",
    cause: thrown,
  });
}

/** Workers that could not be removed because the Engine was away just then: the next job's first work. */
class LeftWorkers {
  readonly #client: EngineClient;
  readonly #names = new Set<string>();

  constructor(client: EngineClient) {
    this.#client = client;
  }

  async remove(idOrName: string): Promise<void> {
    if (!(await removeWorker(this.#client, idOrName))) this.#names.add(idOrName);
  }

  async clear(): Promise<void> {
    const names = [...this.#names];
    this.#names.clear();
    for (const name of names) await this.remove(name);
  }
}

/** By its own deadline, as the job's signal may be over. Gives false when it may be there still; one that is gone already is removed. */
async function removeWorker(client: EngineClient, idOrName: string): Promise<boolean> {
  const request = {
    method: "DELETE",
    path: `/containers/${idOrName}`,
    query: { force: "1", v: "1" },
    what: "remove a worker",
  } as const;
  return await client.call(request, AbortSignal.timeout(REMOVE_DEADLINE_MS)).then(
    () => true,
    (thrown: unknown) => [404, 409].includes(statusOf(thrown) ?? 0),
  );
}

async function sweepWorkers(client: EngineClient, instance: string, signal: AbortSignal): Promise<number> {
  const label = [TALLYMAN_LABEL.worker, `${TALLYMAN_LABEL.instance}=${instance}`];
  const left = await client.call<readonly { readonly Id: string }[]>(
    {
      method: "GET",
      path: "/containers/json",
      query: { all: "1", filters: JSON.stringify({ label }) },
      what: "list workers that were left behind",
    },
    signal,
  );
  for (const { Id } of left) await removeWorker(client, Id);
  return left.length;
}
