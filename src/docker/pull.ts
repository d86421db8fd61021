import type { EngineClient, EngineRequest } from "./engine-client.ts";
import { engineText, statusOf } from "./engine-error.ts";
import { pullError } from "./pull-error.ts";
import { PullProgress, type PullStatus } from "./pull-progress.ts";
import type { RegistryAuth, RegistryLogin } from "./registry-auth.ts";
import { jsonLines, streamBody } from "./stream-body.ts";
import { within } from "./within.ts";

const SILENCE_MS = 180_000;

export interface PullRequest {
  readonly image: string;
  readonly platform: string | null;
  readonly progress: (text: string) => void;
  readonly registryAuth?: RegistryAuth | undefined;
}

/** Pulls one image. Throws ImageUnavailable, RegistryUnavailable, RegistryDenied, DiskFull, or what any Engine call throws. */
export async function pullImage(client: EngineClient, request: PullRequest, signal: AbortSignal): Promise<void> {
  const ended = new AbortController();
  try {
    await readPull(client, request, AbortSignal.any([signal, ended.signal]));
  } finally {
    ended.abort();
  }
}

async function readPull(client: EngineClient, request: PullRequest, signal: AbortSignal): Promise<void> {
  const { image } = request;
  const what = `pull ${image}`;
  const progress = new PullProgress(request.progress);
  const registry = registryHost(splitReference(image).name);
  const login = (await request.registryAuth?.(registry)) ?? null;
  const attempt = { image, registry, loginSource: login?.source };
  const body = await client.stream(engineRequest(request, login, what), signal).catch((thrown: unknown) => {
    throw statusOf(thrown) === null ? thrown : pullError(attempt, engineText(thrown), thrown);
  });
  const statuses = jsonLines<PullStatus>(streamBody(body, what, signal));
  for (;;) {
    // A large image may take an hour; what must not happen is that nothing happens.
    const { done, value: status } = await within(SILENCE_MS, what, signal, () => statuses.next());
    if (done) return;
    // The head said 200 long ago: a failure comes as a line of its own.
    if (status.error) throw pullError(attempt, status.errorDetail?.message ?? status.error, status);
    progress.show(status, Date.now());
  }
}

function engineRequest(request: PullRequest, login: RegistryLogin | null, what: string): EngineRequest {
  const { name, tag } = splitReference(request.image);
  return {
    method: "POST",
    path: "/images/create",
    query: { fromImage: name, tag, ...(request.platform ? { platform: request.platform } : {}) },
    what,
    deadlineMs: SILENCE_MS,
    ...(login ? { headers: { "X-Registry-Auth": login.header } } : {}),
  };
}

/** Name and tag or digest; without either the tag is `latest`, for an Engine asked without a tag pulls every one. */
export function splitReference(image: string): { readonly name: string; readonly tag: string } {
  const at = image.indexOf("@");
  if (at >= 0) return { name: image.slice(0, at), tag: image.slice(at + 1) };
  const colon = image.indexOf(":", image.lastIndexOf("/") + 1);
  return colon < 0 ? { name: image, tag: "latest" } : { name: image.slice(0, colon), tag: image.slice(colon + 1) };
}

/** `docker.io` unless the first part of the name looks like a host. Source: distribution reference grammar. */
export function registryHost(name: string): string {
  const [first = "", ...rest] = name.split("/");
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost") ? first : "docker.io";
}
