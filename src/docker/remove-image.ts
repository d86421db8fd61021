import type { PerformResult } from "../engine.ts";
import type { Operation } from "../plan.ts";
import { ignoring } from "./container-operations.ts";
import type { EngineClient } from "./engine-client.ts";

type RemoveImage = Extract<Operation, { readonly kind: "remove-image" }>;

/** Removes an image by id or name, never by force: one that is gone, or that a container or another name still needs, is left alone. */
export async function removeImage(
  client: EngineClient,
  { image }: RemoveImage,
  signal: AbortSignal,
): Promise<PerformResult> {
  const path = `/images/${image.split("/").map(encodeURIComponent).join("/")}`;
  const status = await ignoring([404, 409], client, { method: "DELETE", path, what: `remove image ${image}` }, signal);
  return status === 409 ? { warnings: [`Image ${image} is still in use; it stays.`] } : {};
}
