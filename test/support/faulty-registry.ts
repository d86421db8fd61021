import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestRegistry } from "./registry.ts";

/** Does something else than the registry would, or gives false to let the request pass. */
export type RegistryFault = (path: string, answer: ServerResponse, authorization: string | undefined) => boolean;

/** Stands before a real registry; pulls only. */
export interface FaultyRegistry {
  /** `127.0.0.1:port`, the first part of an image reference. */
  readonly host: string;
  /** From now on; null: none. */
  fault(next: RegistryFault | null): void;
  stop(): Promise<void>;
}

export async function serveFaultyRegistry(registry: TestRegistry): Promise<FaultyRegistry> {
  let fault: RegistryFault | null = null;
  const pass = async (request: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const accept = request.headers.accept ?? "*/*";
    const found = await fetch(`http://${registry.host}${request.url}`, {
      method: request.method ?? "GET",
      headers: { accept, ...(request.headers.authorization ? { authorization: request.headers.authorization } : {}) },
    });
    const body = Buffer.from(await found.arrayBuffer());
    answer.writeHead(found.status, Object.fromEntries(found.headers));
    answer.end(body);
  };
  const server = createServer((request, answer) => {
    if (fault?.(request.url ?? "", answer, request.headers.authorization)) return;
    pass(request, answer).catch(() => answer.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault(next) {
      fault = next;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** Answers every question for a manifest with this. */
export function manifestsAnswer(
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): RegistryFault {
  return (path, answer) => {
    if (!path.includes("/manifests/")) return false;
    answer.writeHead(status, { "content-type": "application/json", ...headers });
    answer.end(JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] }));
    return true;
  };
}

/** Lets in whoever has this login, and asks everybody else for one. */
export function wantsLogin(username: string, password: string): RegistryFault {
  const wanted = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  return (_, answer, authorization) => {
    if (authorization === wanted) return false;
    answer.writeHead(401, { "content-type": "application/json", "www-authenticate": `Basic realm="test"` });
    answer.end(JSON.stringify({ errors: [{ code: "UNAUTHORIZED", message: "authentication required" }] }));
    return true;
  };
}
