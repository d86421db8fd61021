import type { Caller } from "./caller.ts";
import type { Lifetime } from "./event-stream.ts";
import { LoginLimiter } from "./login-limiter.ts";
import { Sessions } from "./sessions.ts";
import { SetupLink } from "./setup-link.ts";
import { SharedLoads } from "./shared-loads.ts";
import type { WebOptions } from "./web-options.ts";

/** What every resource of the server works with. */
export interface Web extends WebOptions {
  readonly sessions: Sessions;
  readonly setupLink: SetupLink;
  readonly limiter: LoginLimiter;
  readonly loads: SharedLoads;
  /** We speak TLS ourselves. */
  readonly secure: boolean;
  /** Aborts when the server stops. */
  readonly stopping: AbortSignal;
}

export function webContext(options: WebOptions, stopping: AbortSignal): Web {
  return {
    ...options,
    sessions: new Sessions(options.store.sessions, options.now, options.random),
    setupLink: new SetupLink(options.store, options.now, options.random),
    limiter: new LoginLimiter(options.now),
    loads: new SharedLoads(),
    secure: options.tls !== undefined,
    stopping,
  };
}

/** A stream lives as long as its request, its caller's session and the server do. */
export function streamLifetime(web: Web, request: Request, caller: Caller): Lifetime {
  const over = new AbortController();
  const open = AbortSignal.any([request.signal, web.stopping, over.signal]);
  const signal = caller.kind === "user" ? AbortSignal.any([open, web.sessions.watch(caller.sessionHash, open)]) : open;
  return { signal, end: () => over.abort() };
}
