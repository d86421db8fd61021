import type { Build } from "../project.ts";

type Why = readonly [why: string, hint: string];
type Reasoned = readonly [field: string, reason: Why];

const ELSEWHERE = "Build and push the image elsewhere, and name it with image:.";
const ON_THE_HOST: Why = [
  "only a whole build can have the host's network",
  "Say network: host beside it, or remove entitlements.",
];

/** Why a build field cannot be done, by its value; a key that is not here is done, or not known to the schema. */
const REFUSED: Readonly<Record<string, (value: unknown, build: Build) => Why | null>> = {
  additional_contexts: (value) =>
    Object.values(value ?? {}).some((source) => String(source).startsWith("oci-layout:"))
      ? [
          "an additional context can only be a folder, a service, an image (docker-image://) or a repository",
          "Give that image a name, and say docker-image:// and the name.",
        ]
      : null,
  cache_to: eachOf(
    ["type=inline"],
    "writing a build cache elsewhere is not supported",
    "Name type=inline, or remove cache_to: the Engine keeps its own cache.",
  ),
  dockerfile_inline: (_, { context }) =>
    /:\/\/|^(git@|github\.com\/)/.test(context)
      ? [
          "a context that the Engine fetches by itself can't have an inline Dockerfile",
          "Keep the Dockerfile in the context.",
        ]
      : null,
  entitlements: (value, { network }) =>
    eachOf(["network.host"], "build entitlements are not supported", ELSEWHERE)(value) ??
    (network === "host" ? null : ON_THE_HOST),
  extra_hosts: (value, { additional_contexts }) =>
    !isNothing(additional_contexts) &&
    Array.isArray(value) &&
    value.some((host) => /[=:]host-gateway$/.test(String(host)))
      ? ["a build with additional contexts can't be told the host's gateway", "Write its address."]
      : null,
  isolation: unless(["default"], "isolation is for Windows containers, which are not supported", "Remove isolation."),
  network: unless(
    ["default", "none", "host"],
    "a build can only have the network default, none or host",
    "Name one of them, or remove network.",
  ),
  platforms: (value) =>
    Array.isArray(value) && value.length > 1
      ? ["an image for several platforms is not supported", "Name one platform: the Engine runs no other here."]
      : null,
  privileged: always("privileged builds are not supported", ELSEWHERE),
  provenance: unless(["false"], "a build attestation is not supported", "Remove provenance."),
  sbom: unless(["false"], "a build attestation is not supported", "Remove sbom."),
};

/** What `build` asks for and cannot have over the Engine's `POST /build`: field and reason. Source: compose.md §3.7. */
export function buildFields(serviceName: string, build: Build): readonly Reasoned[] {
  return Object.entries(build).flatMap(([key, value]): readonly Reasoned[] => {
    const reason = isNothing(value) ? null : (REFUSED[key]?.(value, build) ?? null);
    return reason ? [[`services.${serviceName}.build.${key}`, reason]] : [];
  });
}

function always(...reason: Why): () => Why {
  return () => reason;
}

/** For a list of which only these are done. */
function eachOf(allowed: readonly string[], ...reason: Why): (value: unknown) => Why | null {
  return (value) => (Array.isArray(value) && value.every((one) => allowed.includes(String(one))) ? null : reason);
}

function unless(allowed: readonly string[], ...reason: Why): (value: unknown) => Why | null {
  return (value) => (allowed.includes(String(value)) ? null : reason);
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === "" || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
