import type { PerformContext } from "../engine.ts";
import { TallymanError } from "../error.ts";
import type { Operation } from "../plan.ts";
import { type Build, imageOf, type Project, type Service } from "../project.ts";
import { isOfRegistry, pullBases } from "./build-bases.ts";
import { type BuildContext, dockerfileText, readContext } from "./build-context.ts";
import { buildError } from "./build-error.ts";
import { sessionOffer } from "./build-offer.ts";
import { BuildProgress, type BuildStatus } from "./build-progress.ts";
import { buildQuery, imageLabels, isRemote } from "./build-query.ts";
import { type BuildSession, openSession } from "./build-session.ts";
import { contextDigest, contextTar } from "./build-tar.ts";
import type { EngineClient } from "./engine-client.ts";
import { engineText } from "./engine-error.ts";
import { pullImage } from "./pull.ts";
import type { RegistryAuth } from "./registry-auth.ts";
import { jsonLines, streamBody } from "./stream-body.ts";
import { within } from "./within.ts";

/** A build may take long, and a step may be silent for long, but neither forever. */
const DEADLINE_MS = 4 * 3_600_000;
const SILENCE_MS = 1_800_000;

type PlaceOf = (path: string) => string;
type BuildImage = Omit<Extract<Operation, { readonly kind: "build-image" }>, "kind">;

export interface BuildRequest extends BuildImage, Pick<PerformContext, "project" | "progress" | "placeOf"> {
  readonly registryAuth?: RegistryAuth | undefined;
  /** Socket of the caller's own SSH agent. */
  readonly sshAgent?: string | undefined;
}

interface Prepared {
  readonly query: Readonly<Record<string, string | number | readonly string[]>>;
  /** Null when the Engine fetches the context by itself. */
  readonly context: BuildContext | null;
  readonly digest: string;
}

/** Builds one service's image. Throws BuildFailed, DiskFull, what a pull throws for the base image, or what any Engine call throws. */
export async function buildImage(client: EngineClient, request: BuildRequest, signal: AbortSignal): Promise<void> {
  const { serviceName, image, project, progress, registryAuth, placeOf = (path) => path } = request;
  const service = project.services[serviceName];
  const build = service?.build;
  if (!build) throw new TallymanError("Internal", `services.${serviceName} has no build`);
  const offer = await sessionOffer({ ...request, build, placeOf });
  if (request.pullFirst && (await isPulled(client, request, service.platform ?? null, signal))) return;
  const prepared = await prepare(serviceName, image, service, build, placeOf, signal);
  const dockerfile = prepared.context ? await dockerfileText(prepared.context) : "";
  const failures = await pullBases(client, dockerfile, build, request, signal);
  const labels = imageLabels(project, serviceName, prepared.digest);
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal, AbortSignal.timeout(DEADLINE_MS)]);
  let session: BuildSession | null = null;
  try {
    if (asksBack(build)) session = await openSession(client, { ...offer, registryAuth }, `build ${serviceName}`, both);
    const query = { ...prepared.query, labels: JSON.stringify(labels), ...(session ? { session: session.id } : {}) };
    await readBuild(client, serviceName, { ...prepared, query }, progress, both);
  } catch (thrown) {
    throw whyTheBase(thrown, failures) ?? thrown;
  } finally {
    session?.close();
    ended.abort();
  }
}

/** Whether the builder needs a connection on which it can ask for something: secrets, agents, or logins for what we can't pull first. */
function asksBack({ secrets = [], ssh = [], cache_from = [], context }: Build): boolean {
  return secrets.length + ssh.length + cache_from.length > 0 || isRemote(context);
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
    await sessionOffer({ project, serviceName, build: service.build, placeOf });
    const image = imageOf(project, serviceName);
    digests[serviceName] = (await prepare(serviceName, image, service, service.build, placeOf, signal)).digest;
  }
  return digests;
}

async function prepare(
  serviceName: string,
  image: string,
  service: Service,
  build: Build,
  placeOf: PlaceOf,
  signal: AbortSignal,
): Promise<Prepared> {
  const context = isRemote(build.context) ? null : await readContext({ serviceName, build, placeOf }, signal);
  const query = buildQuery(image, service, build, context?.dockerfile ?? build.dockerfile ?? "Dockerfile");
  const empty: BuildContext = { directory: "/", entries: [], dockerfile: "", addedDockerfile: null };
  const digest = await contextDigest(context ?? empty, { ...query, labels: build.labels ?? {} }, signal);
  return { query, context, digest };
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

async function readBuild(
  client: EngineClient,
  serviceName: string,
  { query, context }: Prepared,
  show: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const what = `build ${serviceName}`;
  const file = context ? contextTar(context, signal) : Buffer.alloc(0);
  const sent = Promise.withResolvers<never>();
  if (!Buffer.isBuffer(file)) file.on("error", sent.reject);
  sent.promise.catch(() => undefined);
  const request = { method: "POST", path: "/build", query, file, what, deadlineMs: SILENCE_MS } as const;
  try {
    const body = await Promise.race([client.stream(request, signal), sent.promise]);
    await followBuild(streamBody(body, what, signal), serviceName, what, show, sent.promise, signal);
  } catch (thrown) {
    throw refused(serviceName, thrown);
  } finally {
    if (!Buffer.isBuffer(file)) file.destroy();
  }
}

async function followBuild(
  body: AsyncGenerator<Buffer>,
  serviceName: string,
  what: string,
  show: (text: string) => void,
  sent: Promise<never>,
  signal: AbortSignal,
): Promise<void> {
  const progress = new BuildProgress(show);
  const statuses = jsonLines<BuildStatus>(body);
  for (;;) {
    const next = within(SILENCE_MS, what, signal, () => statuses.next());
    const { done, value: status } = await Promise.race([next, sent]);
    if (done) return;
    // The head said 200 long ago: a failure comes as a line of its own.
    if (status.error) throw buildError(serviceName, status, progress);
    progress.follow(status, Date.now());
  }
}

/** What the Engine refuses before it begins (a wrong name, an unknown target) is a fault of the file as well. */
function refused(serviceName: string, thrown: unknown): unknown {
  if (!(thrown instanceof TallymanError) || thrown.reason !== "EngineRefused") return thrown;
  return new TallymanError("BuildFailed", `services.${serviceName}.build: ${engineText(thrown)}`, {
    hint: "Correct the build section of the Compose file or the Dockerfile.",
    cause: thrown,
  });
}
