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
    pattern:
      /manifest unknown|not found|no matching manifest|does not match the specified platform|invalid reference|no such image|repository name must/i,
    reason: "ImageUnavailable",
    hint: "Check the image's name, tag and platform in the Compose file.",
  },
  {
    pattern: /server gave HTTP response to HTTPS client|x509|certificate/i,
    reason: "RegistryUnavailable",
    hint: "The registry's certificate isn't trusted: add its CA on the host, or list it in the Engine's insecure-registries.",
  },
];

/** Whom the Engine asked for an image, and as whom. */
export interface PullAttempt {
  readonly image: string;
  /** Host of the registry; absent where the Engine chose it. */
  readonly registry?: string;
  /** Where the login came from that was shown: the registry may not have liked it. */
  readonly loginSource?: string | undefined;
}

/** Why a pull failed, told from the registry's words, which is all that the Engine hands on. Unknown words count as passing trouble. */
export function pullError(attempt: PullAttempt, text: string, cause: unknown): TallymanError {
  const { image } = attempt;
  const said = wordsAbout(image, text);
  const known = CAUSES.find(({ pattern }) => pattern.test(said));
  const reason = known?.reason ?? "RegistryUnavailable";
  const message = `Image ${image} can't be pulled${reason === "RegistryDenied" ? asWhom(attempt) : ""}: ${text.trim()}`;
  return new TallymanError(reason, message, {
    hint:
      hintFor(attempt, reason) ?? known?.hint ?? "Check the network and the registry; a stack tries again by itself.",
    cause,
  });
}

/** Without the image's own name, which may hold any word and number. */
function wordsAbout(image: string, text: string): string {
  const name = image.replace(/@.*$/, "").replace(/:[^:/]*$/, "");
  return text.replaceAll(image, "").replaceAll(name, "");
}

function asWhom({ registry, loginSource }: PullAttempt): string {
  const where = registry === undefined ? "" : ` from ${registry}`;
  if (loginSource !== undefined) return `${where} (with the login from ${loginSource})`;
  return registry === undefined ? "" : `${where} (without a login)`;
}

function hintFor({ registry, loginSource }: PullAttempt, reason: Reason): string | null {
  if (reason !== "RegistryDenied" || registry === undefined) return null;
  const give = `\`tallyman registry login ${registry}\`, or \`docker login ${registry}\` on the host`;
  return loginSource === undefined
    ? `Check the image's name; if it is private, give the login: ${give}.`
    : `The registry does not take that login, or it may not have this image. Give another: ${give}.`;
}
