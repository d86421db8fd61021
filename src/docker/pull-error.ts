import { type Reason, TallymanError } from "../error.ts";

const CAUSES: readonly { readonly pattern: RegExp; readonly reason: Reason; readonly hint: string }[] = [
  {
    pattern: /no space left on device|disk quota exceeded/i,
    reason: "DiskFull",
    hint: "Free space on the Engine's disk (`docker system df`, `docker image prune`); it is tried again by itself.",
  },
  {
    pattern: /toomanyrequests|rate limit|\b429\b/i,
    reason: "RegistryUnavailable",
    hint: "The registry limits how often it may be asked; it is tried again later. Logging in raises the limit.",
  },
  {
    pattern: /pull access denied|unauthorized|authentication required|no basic auth|denied|\b40[13]\b/i,
    reason: "RegistryDenied",
    hint: "Check the image's name; if it is private, log in on the host: `docker login REGISTRY`.",
  },
  {
    pattern: /manifest unknown|not found|no matching manifest|invalid reference|no such image|repository name must/i,
    reason: "ImageUnavailable",
    hint: "Check the image's name, tag and platform in the Compose file.",
  },
  {
    pattern: /server gave HTTP response to HTTPS client|x509|certificate/i,
    reason: "RegistryUnavailable",
    hint: "The registry's certificate isn't trusted: add its CA on the host, or list it in the Engine's insecure-registries.",
  },
];

/**
 * Why a pull failed, told from the registry's words, which is all that the Engine hands on. Unknown words count as passing trouble.
 * `loginSource` says where the login came from that was shown; the registry may not have liked it.
 */
export function pullError(image: string, text: string, cause: unknown, loginSource?: string): TallymanError {
  const known = CAUSES.find(({ pattern }) => pattern.test(text));
  const reason = known?.reason ?? "RegistryUnavailable";
  const shown = reason === "RegistryDenied" && loginSource ? ` (with the login from ${loginSource})` : "";
  return new TallymanError(reason, `Image ${image} can't be pulled${shown}: ${text.trim()}`, {
    hint: known?.hint ?? "Check the network and the registry; it is tried again by itself.",
    cause,
  });
}
