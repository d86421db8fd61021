import type { PerformContext } from "../engine.ts";
import { TallymanError } from "../error.ts";
import type { Operation } from "../plan.ts";
import { type Build, imageOf, type Project, type Service } from "../project.ts";
import { isOfRegistry, pullBases } from "./build-bases.ts";
import { type BuildContext, dockerfileText, readContext } from "./build-context.ts";
import { sessionOffer } from "./build-offer.ts";
import { buildQuery, isRemote } from "./build-query.ts";
import { contextDigest } from "./build-tar.ts";
import type { EngineClient } from "./engine-client.ts";
import { namedContexts } from "./named-contexts.ts";
import { pullImage } from "./pull.ts";
import type { RegistryAuth } from "./registry-auth.ts";
import { type PreparedBuild, runBuild } from "./run-build.ts";

/** A build may take long, but not forever. */
const DEADLINE_MS = 4 * 3_600_000;

type PlaceOf = (path: string) => string;
type BuildImage = Omit<Extract<Operation, { readonly kind: "build-image" }>, "kind">;

export interface BuildRequest extends BuildImage, Pick<PerformContext, "project" | "progress" | "placeOf"> {
  readonly registryAuth?: RegistryAuth | undefined;
  /** Socket of the caller's own SSH agent. */
  readonly sshAgent?: string | undefined;
}

/** Builds one service's image. Throws BuildFailed, DiskFull, what a pull throws for the base image, or what any Engine call throws. */
export async function buildImage(client: EngineClient, request: BuildRequest, signal: AbortSignal): Promise<void> {
  const { serviceName, project } = request;
  const service = project.services[serviceName];
  if (!service?.build) throw new TallymanError("Internal", `services.${serviceName} has no build`);
  if (request.pullFirst && (await isPulled(client, request, service.platform ?? null, signal))) return;
  const prepared = await prepare(request, service, service.build, signal);
  const dockerfile = prepared.context ? await dockerfileText(prepared.context) : "";
  const failures = await pullBases(client, dockerfile, service.build, request, signal);
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal, AbortSignal.timeout(DEADLINE_MS)]);
  try {
    await runBuild(client, { ...request, service, build: service.build }, prepared, both);
  } catch (thrown) {
    throw whyTheBase(thrown, failures) ?? thrown;
  } finally {
    ended.abort();
  }
}

/**
 * Service → hex digest of what its build would be sent and asked for, for every service that is built. The label
 * `io.tallyman.context` of an image says what it was built from.
 */
export async function contextDigests(
  project: Project,
  placeOf: PlaceOf,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const digests: Record<string, string> = {};
  for (const [serviceName, service] of Object.entries(project.services)) {
    if (!service.build) continue;
    const subject = { project, serviceName, image: imageOf(project, serviceName), placeOf };
    digests[serviceName] = (await prepare(subject, service, service.build, signal)).digest;
  }
  return digests;
}

/** Everything that can be known, and refused, before the Engine is asked. */
async function prepare(
  request: Pick<BuildRequest, "project" | "serviceName" | "image" | "placeOf" | "sshAgent">,
  service: Service,
  build: Build,
  signal: AbortSignal,
  users: readonly string[] = [],
): Promise<PreparedBuild> {
  const { serviceName, image, placeOf = (path: string): string => path } = request;
  const granted = await sessionOffer({ ...request, build, placeOf });
  const context = isRemote(build.context) ? null : await readContext({ serviceName, build, placeOf }, signal);
  const imageFrom = (name: string) => imageOfContext(request, name, [...users, serviceName], signal);
  const named = await namedContexts({ serviceName, build, placeOf, imageFrom }, signal);
  const query = buildQuery(image, service, build, context?.dockerfile ?? build.dockerfile ?? "Dockerfile");
  const empty: BuildContext = { directory: "/", entries: [], dockerfile: "", addedDockerfile: null };
  const asked = {
    ...query,
    labels: build.labels ?? {},
    ...(named ? { named: [named.attributes, named.digests] } : {}),
  };
  return { query, context, named, digest: await contextDigest(context ?? empty, asked, signal), granted };
}

/** The image of a service that another build is given as a context. `users` are the builds on the way to it. */
async function imageOfContext(
  request: Pick<BuildRequest, "project" | "placeOf" | "sshAgent">,
  serviceName: string,
  users: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly image: string; readonly digest: string }> {
  const { project } = request;
  const service = project.services[serviceName];
  const wrong = !service ? "is not among the services" : users.includes(serviceName) ? "is built from itself" : null;
  if (wrong !== null || !service)
    throw new TallymanError(
      "BuildFailed",
      `services.${users.at(-1)}.build.additional_contexts: service "${serviceName}" ${wrong}.`,
      { hint: "Correct the name, or name that service on the command line too." },
    );
  const image = imageOf(project, serviceName);
  if (!service.build) return { image, digest: "" };
  const { digest } = await prepare({ ...request, serviceName, image }, service, service.build, signal, users);
  return { image, digest };
}

/** The pull of a base image says better why it is missing than the builder, which could not log in. */
function whyTheBase(thrown: unknown, failures: ReadonlyMap<string, TallymanError>): TallymanError | undefined {
  if (!(thrown instanceof TallymanError) || !isOfRegistry(thrown)) return undefined;
  return [...failures].find(([image]) => thrown.message.includes(image))?.[1];
}

/** A registry that does not have the image, or none at all, is no failure: it can be built. */
async function isPulled(
  client: EngineClient,
  { image, progress, registryAuth }: BuildRequest,
  platform: string | null,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await pullImage(client, { image, platform, progress, registryAuth }, signal);
    return true;
  } catch (thrown) {
    if (thrown instanceof TallymanError && isOfRegistry(thrown)) return false;
    throw thrown;
  }
}
