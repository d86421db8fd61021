import { TallymanError } from "../error.ts";
import type { Build } from "../project.ts";
import type { EngineClient } from "./engine-client.ts";
import { contextNames } from "./named-contexts.ts";
import { observeImage } from "./observe.ts";
import { pullImage } from "./pull.ts";
import type { RegistryAuth } from "./registry-auth.ts";

export interface BasePull {
  readonly progress: (text: string) => void;
  readonly registryAuth?: RegistryAuth | undefined;
}

/**
 * Pulls the base images that are missing (with `pull: true` all of them), because the builder can log in nowhere without a Docker client
 * beside it, not even anonymously; what it finds here it takes from here. Gives the failures: a stage that is not wanted needs no base.
 */
export async function pullBases(
  client: EngineClient,
  dockerfile: string,
  build: Build,
  { progress, registryAuth }: BasePull,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, TallymanError>> {
  const failures = new Map<string, TallymanError>();
  const platform = build.platforms?.[0] ?? null;
  for (const image of baseImages(dockerfile, build.args ?? {}, contextNames(build))) {
    if (build.pull !== true && (await isHere(client, image, platform, signal))) continue;
    try {
      await pullImage(client, { image, platform, progress, registryAuth }, signal);
    } catch (thrown) {
      if (!(thrown instanceof TallymanError) || !isOfRegistry(thrown)) throw thrown;
      failures.set(image, thrown);
    }
  }
  return failures;
}

/** Whether a pull failed because of the image or its registry, and not of the Engine. */
export function isOfRegistry({ reason }: TallymanError): boolean {
  return reason === "ImageUnavailable" || reason === "RegistryUnavailable" || reason === "RegistryDenied";
}

async function isHere(
  client: EngineClient,
  image: string,
  platform: string | null,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await observeImage(client, image, signal);
  return found !== null && (platform === null || platform.startsWith(`${found.os}/${found.architecture}`));
}

/**
 * The images that a Dockerfile builds on, copies from or is read by (`# syntax=`), as far as its text tells: earlier stages, `scratch` and
 * named contexts are none, and a name that hangs on an argument nobody gave is left to the builder. Source: Dockerfile reference.
 */
export function baseImages(
  dockerfile: string,
  args: Readonly<Record<string, string | null>>,
  contexts: readonly string[] = [],
): readonly string[] {
  const known = new Map<string, string>();
  const stages = new Set(["scratch", ...contexts]);
  const images = new Set<string>();
  const add = (image: string): void => {
    if (!stages.has(image.toLowerCase()) && /^(?!\d+$)[\w.\-/:@]+$/.test(image)) images.add(image);
  };
  add(/^(?:\s*#\s*\w+\s*=.*\n)*?\s*#\s*syntax\s*=\s*(\S+)/i.exec(dockerfile)?.[1] ?? "");
  for (const line of dockerfile.replace(/\\[ \t]*\r?\n/g, " ").split(/\r?\n/)) {
    const [, name, fallback] = /^\s*ARG\s+([A-Za-z_]\w*)(?:=(\S*))?/i.exec(line) ?? [];
    if (name !== undefined && stages.size === 1 + contexts.length)
      known.set(name, args[name] ?? unquoted(fallback ?? ""));
    for (const [, source = ""] of line.matchAll(/^\s*(?:COPY|ADD|RUN)\b.*?(?:--from=|[,=]from=)([^\s,]+)/gi))
      add(source);
    const [, from, stage] = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line) ?? [];
    if (from === undefined) continue;
    add(filledIn(unquoted(from), known));
    stages.add((stage ?? `stage ${stages.size}`).toLowerCase());
  }
  return [...images];
}

function filledIn(text: string, known: ReadonlyMap<string, string>): string {
  const pattern = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?-([^}]*))?\})/g;
  return text.replace(pattern, (_, plain?: string, braced?: string, fallback?: string) => {
    const value = known.get(plain ?? braced ?? "");
    return value || (fallback ?? "$");
  });
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, "$2");
}
