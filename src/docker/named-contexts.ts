import type { Build } from "../project.ts";
import { type BuildContext, type ContextRequest, readTree } from "./build-context.ts";
import { isRemote } from "./build-query.ts";
import { contextDigest } from "./build-tar.ts";

/** The `additional_contexts` of a build, as the Dockerfile frontend knows them. */
export interface NamedContexts {
  /** `context:NAME` → where it comes from; a folder comes over the session, by the name of its tree. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly trees: Readonly<Record<string, BuildContext>>;
  /** Name → what its folder holds now, or its service's image is built from. */
  readonly digests: Readonly<Record<string, string>>;
}

export interface NamedRequest extends ContextRequest {
  /** What a service's image is called and built from. Throws BuildFailed when the project has no such service. */
  readonly imageFrom: (serviceName: string) => Promise<{ readonly image: string; readonly digest: string }>;
}

/** Null when the build has none. Throws BuildFailed for a folder or a service that is not there. Source: Compose Build Specification. */
export async function namedContexts(
  { build, serviceName, placeOf, imageFrom }: NamedRequest,
  signal: AbortSignal,
): Promise<NamedContexts | null> {
  const entries = Object.entries(build.additional_contexts ?? {});
  if (entries.length === 0) return null;
  const attributes: Record<string, string> = {};
  const trees: Record<string, BuildContext> = {};
  const digests: Record<string, string> = {};
  for (const [index, [name, source]] of entries.entries()) {
    const attribute = `context:${name}`;
    if (source.startsWith("service:")) {
      const { image, digest } = await imageFrom(source.slice("service:".length));
      attributes[attribute] = `docker-image://${image}`;
      digests[name] = digest;
    } else if (isRemote(source)) attributes[attribute] = source;
    else {
      const request = { serviceName, field: `additional_contexts.${name}`, path: source, placeOf };
      const tree = await readTree(request, signal);
      attributes[attribute] = `local:${treeName(index)}`;
      trees[treeName(index)] = tree;
      digests[name] = await contextDigest(tree, null, signal);
    }
  }
  return { attributes, trees, digests };
}

/** Names that a Dockerfile may use where an image's name could stand. */
export function contextNames(build: Build): readonly string[] {
  return Object.keys(build.additional_contexts ?? {});
}

function treeName(index: number): string {
  return `named-${index}`;
}
