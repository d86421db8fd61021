import type { Build } from "../project.ts";

type Reasoned = readonly [field: string, reason: readonly [why: string, hint: string]];

const ELSEWHERE = "Build and push the image elsewhere, and name it with image:.";

/** Why a build field cannot be done, by its value; a key that is not here is done, or not known to the schema. */
const REFUSED: Readonly<Record<string, (value: unknown) => readonly [why: string, hint: string] | null>> = {
  additional_contexts: always("additional contexts are not supported", "Copy what the build needs into its context."),
  cache_to: always(
    "writing a build cache elsewhere is not supported",
    "Remove cache_to: the Engine keeps its own cache.",
  ),
  entitlements: always("build entitlements are not supported", ELSEWHERE),
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
  const refused = Object.entries(build).flatMap(([key, value]): readonly Reasoned[] => {
    const reason = isNothing(value) ? null : (REFUSED[key]?.(value) ?? null);
    return reason ? [[`services.${serviceName}.build.${key}`, reason]] : [];
  });
  if (build.dockerfile_inline === undefined || !build.context.includes("://")) return refused;
  const why = "a context that the Engine fetches by itself can't have an inline Dockerfile";
  return [
    ...refused,
    [`services.${serviceName}.build.dockerfile_inline`, [why, "Keep the Dockerfile in the context."]],
  ];
}

function always(why: string, hint: string): () => readonly [string, string] {
  return () => [why, hint];
}

function unless(allowed: readonly string[], why: string, hint: string) {
  return (value: unknown): readonly [string, string] | null => (allowed.includes(String(value)) ? null : [why, hint]);
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === "" || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
