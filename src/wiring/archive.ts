import type { History } from "../history.ts";
import type { Log } from "../log.ts";
import type { Clock } from "../reconcile/clock.ts";
import { ATTEMPTS_KEPT } from "../reconcile/retention.ts";
import type { Store } from "../store/store.ts";

const DAY_MS = 86_400_000;

/** How long the secrets of a removed stack wait for it to come back. */
export const SECRETS_KEPT_DAYS = 30;

interface ArchiveParts {
  readonly store: Pick<Store, "stacks" | "audit"> & { readonly history: Pick<History, "forgetOld"> };
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Now and once a day forgets the secrets of stacks that were removed long ago, and attempts beyond those that are kept: of a stack that
 * never becomes healthy nothing else does. Ends with `stop`.
 */
export function tidyArchive({ store, clock, log }: ArchiveParts): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const live = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await tidy({ store, clock, log }).catch((error: unknown) =>
        log("warn", "could not forget what is no longer needed", { error }),
      );
      await clock.sleep(DAY_MS, stopping.signal);
    }
  };
  const living = live();
  return {
    async stop() {
      stopping.abort();
      await living;
    },
  };
}

async function tidy({ store, clock, log }: ArchiveParts): Promise<void> {
  for (const { name } of await store.stacks.list()) await store.history.forgetOld(name, ATTEMPTS_KEPT);
  const before = new Date(clock.now().getTime() - SECRETS_KEPT_DAYS * DAY_MS).toISOString();
  for (const stack of await store.stacks.forgetSecrets(before)) {
    log("info", `removed ${SECRETS_KEPT_DAYS} days ago: its variables are forgotten`, { stack });
    await store.audit.add({ who: "tallyman", from: "", what: "secrets of a removed stack forgotten", subject: stack });
  }
}
