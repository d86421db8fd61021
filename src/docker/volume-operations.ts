import type { PerformContext, PerformResult } from "../engine.ts";
import type { Operation } from "../plan.ts";
import { volumeLabels } from "./compose-labels.ts";
import type { EngineClient } from "./engine-client.ts";
import { statusOf } from "./engine-error.ts";
import { given } from "./given.ts";

type CreateVolume = Extract<Operation, { readonly kind: "create-volume" }>;
type RemoveVolume = Extract<Operation, { readonly kind: "remove-volume" }>;

/** Creates a named volume; the Engine keeps one that exists already. */
export async function createVolume(
  client: EngineClient,
  { volumeKey, name }: CreateVolume,
  { project, labels }: PerformContext,
  signal: AbortSignal,
): Promise<PerformResult> {
  const volume = project.volumes[volumeKey];
  const body = {
    Name: name,
    ...given("Driver", volume?.driver),
    ...given("DriverOpts", volume?.driver_opts),
    Labels: volumeLabels(project, volumeKey, labels),
  };
  await client.call({ method: "POST", path: "/volumes/create", body, what: `create volume ${name}` }, signal);
  return {};
}

/** Removing what is gone succeeds; a volume that is still in use stays, with a warning. */
export async function removeVolume(
  client: EngineClient,
  { name }: RemoveVolume,
  signal: AbortSignal,
): Promise<PerformResult> {
  try {
    await client.call(
      { method: "DELETE", path: `/volumes/${encodeURIComponent(name)}`, what: `remove volume ${name}` },
      signal,
    );
    return {};
  } catch (error) {
    if (statusOf(error) === 404) return {};
    if (statusOf(error) === 409) return { warnings: [`Volume ${name} is still in use; it stays.`] };
    throw error;
  }
}
