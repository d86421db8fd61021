import { mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { Credential, HostKey } from "../../src/credential.ts";
import { createEngineClient } from "../../src/docker/engine-client.ts";
import { buildWorkerImage } from "../../src/docker/host-image.ts";
import { createWorkerRunner } from "../../src/docker/worker-runner.ts";
import { TallymanError } from "../../src/error.ts";
import type { GitLimits } from "../../src/git/git-limits.ts";
import { createGitSource } from "../../src/git/git-source.ts";
import { STACK_DEFAULTS, type Stack } from "../../src/stack.ts";
import type { WorkerJob, WorkerResult, WorkerRunner } from "../../src/worker.ts";
import { testEngine } from "../support/engine.ts";
import { temporaryDirectory } from "../support/temporary.ts";

/** A runner that also tells what it ran. */
export interface RecordingRunner extends WorkerRunner {
  readonly jobs: readonly WorkerJob[];
  readonly results: readonly WorkerResult[];
  forget(): void;
}

let shared: Promise<WorkerRunner> | undefined;

/** Real workers in the rig's Engine, with the image made from this machine's git. */
export async function workers(): Promise<RecordingRunner> {
  shared ??= startWorkers();
  const runner = await shared;
  let jobs: WorkerJob[] = [];
  let results: WorkerResult[] = [];
  return {
    get jobs() {
      return jobs;
    },
    get results() {
      return results;
    },
    forget() {
      jobs = [];
      results = [];
    },
    sweep: (signal) => runner.sweep(signal),
    async run(job, signal) {
      jobs.push(job);
      const result = await runner.run(job, signal);
      results.push(result);
      return result;
    },
  };
}

async function startWorkers(): Promise<WorkerRunner> {
  const { dockerHost } = await testEngine();
  const image = "tallyman-worker:git-test";
  await buildWorkerImage(createEngineClient({ dockerHost }), { tag: image }, AbortSignal.timeout(120_000));
  return createWorkerRunner({ dockerHost, image, network: "host", instance: "git-test" });
}

/** A source with a root of its own; what the vault and the book hold can be changed. */
export async function gitRig(limits: Partial<GitLimits> = {}, certificateAuthority?: string) {
  const directory = temporaryDirectory("git-rig");
  const runner = await workers();
  const root = join(directory.path, "root");
  mkdirSync(root);
  const secretsDir = `/dev/shm/${basename(directory.path)}`;
  const credentials = new Map<string, Credential>();
  const hostKeys: HostKey[] = [];
  const source = createGitSource({
    root,
    runner,
    vault: { credentialOf: async (stackName) => credentials.get(stackName) ?? null },
    hostKeys: { keysOf: async (host) => hostKeys.filter((key) => key.host === host) },
    secretsDir,
    limits,
    ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
  });
  const remove = () => {
    rmSync(secretsDir, { recursive: true, force: true });
    directory.remove();
  };
  return { directory, root, secretsDir, runner, credentials, hostKeys, source, remove };
}

export type GitRig = Awaited<ReturnType<typeof gitRig>>;

export function stackOf(repository: string, more: Partial<Stack> = {}): Stack {
  return {
    name: "shop",
    project: "shop",
    repository,
    ref: null,
    path: "",
    files: [],
    envFiles: [],
    profiles: [],
    intervalMs: 60_000,
    credential: "none",
    ...STACK_DEFAULTS,
    createdAt: "2026-01-01T00:00:00.000Z",
    ...more,
  };
}

/** The TallymanError that a promise must end with. */
export async function failureOf(promise: Promise<unknown>): Promise<TallymanError> {
  const thrown = await promise.then(
    (value) => new Error(`no error, but ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (thrown instanceof TallymanError) return thrown;
  throw thrown;
}

export const forever = () => new AbortController().signal;
