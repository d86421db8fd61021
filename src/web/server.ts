import { chmod, rm } from "node:fs/promises";
import type { Server } from "bun";
import { TallymanError } from "../error.ts";
import { createApp } from "./app.ts";
import { jsonError, presentable } from "./error-answer.ts";
import { answerError } from "./error-page.ts";
import { type Arrival, guard } from "./guard.ts";
import { refuseOpenAddress, urlHost } from "./listen-address.ts";
import { secured } from "./security-headers.ts";
import { claimSocketPath } from "./unix-socket.ts";
import { type Web, webContext } from "./web-context.ts";
import type { WebOptions } from "./web-options.ts";
import { within } from "./within.ts";

const LARGEST_BODY = 1_048_576;
const IDLE_SECONDS = 30;
const STOP_WITHIN_MS = 3_000;

export interface WebServer {
  readonly url: string;
  /** Where the first account is made; null when there is one. */
  readonly setupUrl: string | null;
  /** Ends streams, lets requests under way finish for a moment, closes both listeners. */
  stop(): Promise<void>;
}

/** Serves pages and API on TCP and on the unix socket. Throws InvalidInput, AddressInUse, AlreadyRunning. */
export async function startServer(options: WebOptions): Promise<WebServer> {
  refuseOpenAddress(options.listen, options.tls !== undefined, options.insecureHttp === true);
  const stopping = new AbortController();
  const web = webContext(options, stopping.signal);
  const answer = answerer(web);
  await claimSocketPath(options.socketPath);
  const tcp = listenTcp(web, answer);
  const socket = await listenSocket(web, answer).catch(async (thrown: unknown) => {
    await tcp.stop(true);
    throw thrown;
  });
  const url = `${web.secure ? "https" : "http"}://${urlHost({ host: options.listen.host, port: tcp.port ?? options.listen.port })}`;
  const token = await setupToken(web);
  return {
    url,
    setupUrl: token && `${url}/setup/${token}`,
    async stop() {
      stopping.abort();
      web.sessions.stop();
      await within(STOP_WITHIN_MS, Promise.all([tcp.stop(), socket.stop()]));
      await Promise.all([tcp.stop(true), socket.stop(true)]);
      await rm(options.socketPath, { force: true });
    },
  };
}

/** A full disk keeps nobody out who has an account; whoever needs the link starts Tallyman again when there is room. */
async function setupToken(web: Web): Promise<string | null> {
  return await web.setupLink.issue().catch((thrown: unknown) => {
    web.log("warn", "no setup link could be made", { error: thrown });
    return null;
  });
}

type Answer = (request: Request, arrival: Arrival) => Promise<Response>;

/** Nothing reaches the router but through the guard, and nothing leaves without the protective headers. */
function answerer(web: Web): Answer {
  const app = createApp(web);
  return async (request, arrival) => {
    const answer = await guard(web, request, arrival)
      .then((refusal) => refusal ?? app.handle(request))
      .catch((thrown: unknown) => answerError(web, request, thrown, "UNKNOWN"))
      // A page that cannot even be drawn for an error.
      .catch((thrown: unknown) => jsonError(presentable(thrown, "UNKNOWN")));
    return secured(answer, web.secure);
  };
}

function listenTcp(web: Web, answer: Answer): Server<undefined> {
  try {
    return Bun.serve({
      hostname: web.listen.host,
      port: web.listen.port,
      reusePort: false,
      development: false,
      idleTimeout: IDLE_SECONDS,
      maxRequestBodySize: LARGEST_BODY,
      ...(web.tls ? { tls: { cert: web.tls.cert, key: web.tls.key } } : {}),
      fetch: (request, server) => {
        const address = server.requestIP(request)?.address ?? "unknown";
        return answer(request, { via: "tcp", address, unhurried: () => server.timeout(request, 0) });
      },
    });
  } catch (thrown) {
    throw addressError(web, thrown);
  }
}

/**
 * On a unix socket `server.timeout(request, 0)` does nothing, and a stream that is quiet for ten seconds would be cut. Bun heeds this
 * there as well, though its types say otherwise.
 */
const UNHURRIED: object = { idleTimeout: 0 };

async function listenSocket(web: Web, answer: Answer): Promise<Server<undefined>> {
  const server = Bun.serve({
    unix: web.socketPath,
    development: false,
    ...UNHURRIED,
    maxRequestBodySize: LARGEST_BODY,
    fetch: (request) => answer(request, { via: "socket" }),
  });
  await chmod(web.socketPath, 0o600);
  return server;
}

function addressError(web: Web, thrown: unknown): TallymanError {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  const address = urlHost(web.listen);
  if (code === "EADDRINUSE")
    return new TallymanError("AddressInUse", `something else already listens on ${address}`, {
      hint: `Stop it, or choose another address with --listen, as in --listen 127.0.0.1:${web.listen.port + 1}.`,
      cause: thrown,
    });
  return new TallymanError("InvalidInput", `listen: cannot listen on ${address}`, {
    hint: "Give --listen an address of this host and a free port.",
    cause: thrown,
  });
}
