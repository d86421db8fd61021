import type { Log } from "../log.ts";
import type { Clock } from "../reconcile/clock.ts";
import type { Store } from "../store/store.ts";

const DAY_MS = 86_400_000;

/** How long the secrets of a removed stack wait for it to come back. */
export const SECRETS_KEPT_DAYS = 30;

interface ArchiveParts {
  readonly store: Pick<Store, "stacks" | "audit">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Now and once a day forgets the secrets of stacks that were removed long ago; ends with `stop`. */
export function tidyArchive({ store, clock, log }: ArchiveParts): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const live = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await forget({ store, clock, log }).catch((error: unknown) =>
        log("warn", "could not forget the secrets of removed stacks", { error }),
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

async function forget({ store, clock, log }: ArchiveParts): Promise<void> {
  const before = new Date(clock.now().getTime() - SECRETS_KEPT_DAYS * DAY_MS).toISOString();
  for (const stack of await store.stacks.forgetSecrets(before)) {
    log("info", `removed ${SECRETS_KEPT_DAYS} days ago: its variables are forgotten`, { stack });
    await store.audit.add({ who: "tallyman", from: "", what: "secrets of a removed stack forgotten", subject: stack });
  }
}
