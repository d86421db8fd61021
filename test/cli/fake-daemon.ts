import { mkdirSync } from "node:fs";
import { temporaryDirectory } from "../support/temporary.ts";

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly headers: Headers;
}

/** `GET /api/v1/stacks` → what is answered. */
export type Answers = Readonly<Record<string, (request: SeenRequest) => Response | Promise<Response>>>;

/** Answers on a unix socket where a daemon of `root` would. */
export function fakeDaemon(answers: Answers) {
  const directory = temporaryDirectory("cli");
  mkdirSync(`${directory.path}/system`);
  const requests: SeenRequest[] = [];
  const server = Bun.serve({
    unix: `${directory.path}/system/tallyman.sock`,
    async fetch(request) {
      const url = new URL(request.url);
      const text = await request.text();
      const seen = {
        method: request.method,
        path: url.pathname.replace("/api/v1", "") + url.search,
        body: text === "" ? undefined : JSON.parse(text),
        headers: new Headers(request.headers),
      };
      requests.push(seen);
      const answer = answers[`${request.method} ${url.pathname.replace("/api/v1", "")}`];
      return answer ? answer(seen) : failure(404, "NotFound", "there is nothing at this address", "Start at /.");
    },
  });
  return {
    root: directory.path,
    requests,
    async [Symbol.asyncDispose]() {
      await server.stop(true);
      directory.remove();
    },
  };
}

export function failure(status: number, reason: string, message: string, hint: string): Response {
  return Response.json({ error: { reason, message, hint } }, { status });
}

export function stream(contentType: string, ...chunks: readonly string[]): Response {
  return new Response(chunks.join(""), { headers: { "content-type": contentType } });
}
