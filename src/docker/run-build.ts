import type { PerformContext } from "../engine.ts";
import { TallymanError } from "../error.ts";
import type { Build, Service } from "../project.ts";
import { frontendAttributes } from "./build-attributes.ts";
import { type BuildContext, dockerfileText } from "./build-context.ts";
import { type BuildQuery, imageLabels, imageTags, isRemote, writesInlineCache } from "./build-query.ts";
import { sendBuild } from "./build-send.ts";
import { type BuildSession, openSession, type SessionOffer } from "./build-session.ts";
import { solveBuild } from "./build-solve.ts";
import { buildTrees, treeOf } from "./build-trees.ts";
import { apiAtLeast, type EngineClient } from "./engine-client.ts";
import type { NamedContexts } from "./named-contexts.ts";
import type { RegistryAuth } from "./registry-auth.ts";

/** Everything about a build that can be known before the Engine is asked. */
export interface PreparedBuild {
  readonly query: BuildQuery;
  /** Null when the Engine fetches the context by itself. */
  readonly context: BuildContext | null;
  readonly named: NamedContexts | null;
  readonly digest: string;
  readonly granted: Pick<SessionOffer, "secrets" | "sshAgents">;
}

export interface BuildRun extends Pick<PerformContext, "project" | "progress"> {
  readonly serviceName: string;
  readonly image: string;
  readonly service: Service;
  readonly build: Build;
  readonly registryAuth?: RegistryAuth | undefined;
}

/** The Engine's own Dockerfile frontend knows named contexts from here on. Source: moby 23.0. */
const API_WITH_NAMED_CONTEXTS = "1.42";

/** Has the Engine build what was prepared. Throws as `buildImage` does. */
export async function runBuild(
  client: EngineClient,
  run: BuildRun,
  prepared: PreparedBuild,
  signal: AbortSignal,
): Promise<void> {
  const { serviceName, build, registryAuth } = run;
  const { context, named, digest, granted } = prepared;
  if (named) await checkNamedContexts(client, serviceName, context, signal);
  const unread: unknown[] = [];
  const trees = fetchedTrees(prepared, (why) => unread.push(why));
  const offer = { ...granted, registryAuth, trees, contentKey: digest };
  const session = trees || asksBack(build) ? await openSession(client, offer, `build ${serviceName}`, signal) : null;
  try {
    if (named && session) await solve(client, run, prepared, named, session, signal);
    else await send(client, run, prepared, session, trees !== undefined, signal);
  } catch (thrown) {
    throw unread[0] ?? thrown;
  } finally {
    session?.close();
  }
}

/**
 * What the builder is to fetch over the session. As a rule the context is sent as one piece, which is faster; but a Dockerfile that is no
 * file of it would become one there, and every `COPY . .` would see it.
 */
function fetchedTrees({ context, named }: PreparedBuild, failed: (why: unknown) => void): SessionOffer["trees"] {
  if (!named && (context?.addedDockerfile ?? null) === null) return undefined;
  const more = Object.entries(named?.trees ?? {}).map(([name, tree]) => [name, treeOf(tree, failed)]);
  return { ...(context ? buildTrees(context, failed) : {}), ...Object.fromEntries(more) };
}

/** Whether the builder may ask for something: secrets, agents, or logins for what we can't pull before. */
function asksBack({ secrets = [], ssh = [], cache_from = [], context }: Build): boolean {
  return secrets.length + ssh.length + cache_from.length > 0 || isRemote(context);
}

async function send(
  client: EngineClient,
  { project, serviceName, progress }: BuildRun,
  { query, context, digest }: PreparedBuild,
  session: BuildSession | null,
  isFetched: boolean,
  signal: AbortSignal,
): Promise<void> {
  const whole = {
    ...query,
    labels: JSON.stringify(imageLabels(project, serviceName, digest)),
    ...(session ? { session: session.id } : {}),
    ...(isFetched ? { remote: "client-session" } : {}),
  };
  await sendBuild(client, { serviceName, query: whole, context: isFetched ? null : context, progress }, signal);
}

async function solve(
  client: EngineClient,
  { project, serviceName, image, service, build, progress }: BuildRun,
  { context, digest }: PreparedBuild,
  named: NamedContexts,
  session: BuildSession,
  signal: AbortSignal,
): Promise<void> {
  const dockerfile = context?.dockerfile ?? build.dockerfile ?? "Dockerfile";
  const attributes = {
    ...frontendAttributes(service, build, dockerfile, imageLabels(project, serviceName, digest)),
    ...(context ? {} : { context: build.context }),
    ...named.attributes,
  };
  const inlineCache = writesInlineCache(build);
  const hostNetwork = build.network === "host";
  const tags = imageTags(image, build);
  await solveBuild(
    client,
    { serviceName, tags, attributes, inlineCache, hostNetwork, session: session.id, progress },
    signal,
  );
}

/** An older frontend would take a context's name for an image's. */
async function checkNamedContexts(
  client: EngineClient,
  serviceName: string,
  context: BuildContext | null,
  signal: AbortSignal,
): Promise<void> {
  const { version, apiVersion } = await client.version(signal);
  if (apiAtLeast(apiVersion, API_WITH_NAMED_CONTEXTS)) return;
  const dockerfile = context ? await dockerfileText(context) : "";
  if (/^(?:\s*#.*\n)*?\s*#\s*syntax\s*=/i.test(dockerfile)) return;
  throw new TallymanError(
    "BuildFailed",
    `services.${serviceName}.build.additional_contexts: the builder of Engine ${version} does not know them.`,
    { hint: "Begin the Dockerfile with `# syntax=docker/dockerfile:1`, or use a newer Engine (23 or later)." },
  );
}
