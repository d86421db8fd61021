import type { Release } from "../deployment.ts";
import { TallymanError } from "../error.ts";
import { STEERING_LABEL } from "../label.ts";
import type { Project } from "../project.ts";
import type { Checkout } from "../source.ts";
import type { Stack } from "../stack.ts";
import { checkUsable } from "./check-usable.ts";
import { inputDigest, mountedFiles, recordReads, type TreeDigests, withContents } from "./inputs.ts";
import type { PassParts } from "./pass.ts";
import { loadRequestOf } from "./stack-settings.ts";

/** Question two, answered. */
export interface Loaded {
  /** With the digests of the tracked files that it mounts. */
  readonly project: Project;
  readonly inputDigest: string;
  /** Files (relative to the tree) that a running container must see change where they are. */
  readonly inPlace: readonly string[];
}

export interface LoadSubject {
  readonly stack: Stack;
  readonly checkout: Checkout;
  readonly environment: Readonly<Record<string, string>>;
  readonly comesBack: { readonly release: Release; readonly project: Project | null } | null;
}

/**
 * What a checkout asks for. A release that comes back is what it was, whatever its variables are by now: its own model is taken, and
 * the files are only read again when that is not kept any more. Throws what the loader throws.
 */
export async function loadCheckout(subject: LoadSubject, parts: PassParts): Promise<Loaded> {
  const { checkout, comesBack } = subject;
  const digests = await checkout.digests();
  const former = comesBack?.project;
  if (former)
    return {
      project: former,
      inputDigest: comesBack.release.inputDigest ?? "",
      inPlace: reloadedFiles(former, digests, checkout),
    };
  const unusable = (await checkout.unusable?.()) ?? new Map();
  const { files, read } = recordReads(parts.filesOf(checkout));
  const project = namingFiles(checkout, () => {
    const loaded = parts.load(files, loadRequestOf(subject.stack, checkout.live, subject.environment));
    parts.checkSupported(loaded);
    checkUsable(loaded, unusable, checkout.live);
    return loaded;
  });
  return {
    project: withContents(project, digests, checkout.live),
    inputDigest: inputDigest(project, read, digests, checkout.live),
    inPlace: reloadedFiles(project, digests, checkout),
  };
}

/** The live tree may hold another commit: what is wrong with this one is told by the names that the repository knows. */
function namingFiles<Result>({ live }: Checkout, load: () => Result): Result {
  try {
    return load();
  } catch (thrown) {
    if (!(thrown instanceof TallymanError)) throw thrown;
    const plain = (text: string): string => text.replaceAll(`${live}/`, "");
    throw new TallymanError(thrown.reason, plain(thrown.message), { hint: plain(thrown.hint), cause: thrown });
  }
}

function reloadedFiles(project: Project, digests: TreeDigests, { live }: Checkout): readonly string[] {
  const reloads = Object.entries(project.services).filter(([, { labels }]) => labels?.[STEERING_LABEL.reload]);
  return mountedFiles({ ...project, services: Object.fromEntries(reloads) }, digests, live);
}
