import type { StackView, UnknownHost } from "../../views/stack/stack-view.ts";
import type { Stack } from "../stack.ts";
import { holdsView } from "./holds-view.ts";
import { stackSummary } from "./stack-summaries.ts";
import type { Web } from "./web-context.ts";

const LEARN_WITHIN_MS = 4_000;
const LEARNED_FRESH_MS = 60_000;

/** What the page of one stack shows. */
export async function stackView(web: Web, stack: Stack): Promise<Omit<StackView, "live">> {
  const status = await web.reconciler.status(stack.name);
  const [held, summary, publicKey, unknown] = await Promise.all([
    holdsView(web, stack.name),
    stackSummary(web, stack, status),
    web.store.credentials.publicKeyOf(stack.name),
    status.trouble === "HostKeyUnknown" ? unknownHost(web, stack) : null,
  ]);
  return {
    ...summary,
    ...held,
    publicKey,
    unknownHost: unknown,
    dependencies: Object.fromEntries(status.services.map((service) => [service.name, service.dependsOn])),
  };
}

/** The keys that a stack's server shows while none of it is pinned; null when it is known, or not reached over SSH. */
export async function unknownHost(web: Web, stack: Stack): Promise<UnknownHost | null> {
  const host = web.readRemote(stack.repository).hostKeyName;
  if (host === null || (await web.store.hostKeys.keysOf(host)).length > 0) return null;
  const learn = () => web.learnHostKeys(host, AbortSignal.timeout(LEARN_WITHIN_MS));
  const keys = await web.loads.get(`host keys of ${host}`, learn, { freshMs: LEARNED_FRESH_MS }).catch(() => []);
  return { host, keys: keys.map(({ type, fingerprint }) => ({ type, fingerprint })) };
}
