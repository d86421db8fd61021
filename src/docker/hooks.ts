import type { Hook } from "../project.ts";
import { environmentList } from "./container-options.ts";
import type { EngineClient } from "./engine-client.ts";
import { given } from "./given.ts";
import { streamBody } from "./stream-body.ts";

/** Hooks prepare or tidy up; one that takes longer than this hangs. */
const HOOK_DEADLINE_MS = 600_000;

/**
 * Runs a service's hooks in a running container, in order, each to its end; the first that fails ends it. Returns null, or in one
 * clause why not. Source: Compose Specification, `post_start` and `pre_stop`.
 */
export async function runHooks(
  client: EngineClient,
  hooks: readonly Hook[],
  containerId: string,
  signal: AbortSignal,
): Promise<string | null> {
  for (const [index, hook] of hooks.entries()) {
    const exitCode = await runHook(client, hook, containerId, signal);
    if (exitCode !== 0) return `hook ${index + 1} (${(hook.command ?? []).join(" ")}) exited with status ${exitCode}`;
  }
  return null;
}

async function runHook(client: EngineClient, hook: Hook, containerId: string, signal: AbortSignal): Promise<number> {
  const what = `run a hook in container ${containerId.slice(0, 12)}`;
  const within = AbortSignal.any([signal, AbortSignal.timeout(HOOK_DEADLINE_MS)]);
  const body = {
    Cmd: hook.command ?? [],
    AttachStdout: true,
    AttachStderr: true,
    Privileged: hook.privileged ?? false,
    Env: environmentList(hook.environment),
    ...given("User", hook.user),
    ...given("WorkingDir", hook.working_dir),
  };
  const path = `/containers/${containerId}/exec`;
  const { Id: id } = await client.call<{ Id: string }>({ method: "POST", path, body, what }, within);
  const start = { method: "POST", path: `/exec/${id}/start`, body: { Detach: false, Tty: false }, what } as const;
  // Its output has no place to go; the end of the stream is the end of the hook.
  for await (const _ of streamBody(await client.stream(start, within), what, within));
  const exec = await client.call<{ ExitCode: number | null }>(
    { method: "GET", path: `/exec/${id}/json`, what },
    within,
  );
  return exec.ExitCode ?? -1;
}
