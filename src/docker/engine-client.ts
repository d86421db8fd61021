import type { IncomingMessage } from "node:http";
import type { Duplex, Readable } from "node:stream";
import type Docker from "dockerode";
import { TallymanError } from "../error.ts";
import { engineError } from "./engine-error.ts";
import { isJsonCall, jsonCall } from "./json-call.ts";
import { interrupted, within } from "./within.ts";

/** The newest Engine API whose shapes this folder knows; an older Engine is spoken to in its own version. */
const NEWEST_KNOWN_API = "1.51";
const DEADLINE_MS = 60_000;

export interface EngineRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Without the version prefix: `/containers/json`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | readonly string[]>>;
  readonly body?: object;
  /** Sent as it is, in place of `body`. */
  readonly file?: Buffer | Readable;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** For messages: "create container web-1". */
  readonly what: string;
  readonly deadlineMs?: number;
}

export interface EngineVersion {
  readonly version: string;
  /** Negotiated: the older of what we know and what the Engine speaks. */
  readonly apiVersion: string;
}

/** One Engine, spoken to in the API version that both sides know. Every call has a deadline and ends with the signal. */
export interface EngineClient {
  readonly dockerHost: string;
  version(signal: AbortSignal): Promise<EngineVersion>;
  /** The answer's JSON; its shape is the Engine API's for that path. */
  call<T>(request: EngineRequest, signal: AbortSignal): Promise<T>;
  /** The deadline covers the head of the answer; whoever reads the body ends it. */
  stream(request: EngineRequest, signal: AbortSignal): Promise<IncomingMessage>;
  /** The bare connection, once the Engine has agreed to speak what the header `Upgrade` names; whoever has it ends it. */
  upgrade(request: EngineRequest, signal: AbortSignal): Promise<Duplex>;
  /** Does what must never happen twice at once, in the order of asking. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}

/** `dockerHost` is `unix:///path` or `tcp://host:port`. Throws InvalidInput for anything else; connects at the first call. */
export function createEngineClient({ dockerHost }: { readonly dockerHost: string }): EngineClient {
  return new ModemClient(dockerHost);
}

/** Whether `version` is at least `wanted`: both `major.minor`. */
export function apiAtLeast(version: string, wanted: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** What a call gives: the answer's JSON, its body while it comes, or the connection. */
type Answer = "whole" | "stream" | "connection";

class ModemClient implements EngineClient {
  readonly dockerHost: string;
  readonly #address: Docker.DockerOptions;
  #modem: Promise<Docker["modem"]> | null = null;
  #version: EngineVersion | null = null;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(dockerHost: string) {
    this.dockerHost = dockerHost;
    this.#address = address(dockerHost);
  }

  async version(signal: AbortSignal): Promise<EngineVersion> {
    if (this.#version) return this.#version;
    const request: EngineRequest = {
      method: "GET",
      path: "/version",
      what: "ask the Engine's version",
      deadlineMs: 30_000,
    };
    const answer = (await this.#dial("", request, signal, "whole")) as { Version: string; ApiVersion: string };
    const apiVersion = apiAtLeast(answer.ApiVersion, NEWEST_KNOWN_API) ? NEWEST_KNOWN_API : answer.ApiVersion;
    this.#version = { version: answer.Version, apiVersion };
    return this.#version;
  }

  async call<T>(request: EngineRequest, signal: AbortSignal): Promise<T> {
    const { apiVersion } = await this.version(signal);
    return (await this.#dial(`/v${apiVersion}`, request, signal, "whole")) as T;
  }

  async stream(request: EngineRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const { apiVersion } = await this.version(signal);
    return (await this.#dial(`/v${apiVersion}`, request, signal, "stream")) as IncomingMessage;
  }

  async upgrade(request: EngineRequest, signal: AbortSignal): Promise<Duplex> {
    const { apiVersion } = await this.version(signal);
    return (await this.#dial(`/v${apiVersion}`, request, signal, "connection")) as Duplex;
  }

  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(work);
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }

  async #dial(prefix: string, request: EngineRequest, signal: AbortSignal, answer: Answer): Promise<unknown> {
    // A stream outlives the wait for its head: it ends with the caller's signal, or with this when the head never comes.
    const given = new AbortController();
    const streamSignal = AbortSignal.any([signal, given.signal]);
    try {
      return await within(request.deadlineMs ?? DEADLINE_MS, request.what, signal, (inner) =>
        this.#ask(`${prefix}${request.path}`, request, answer === "whole" ? inner : streamSignal, answer),
      );
    } catch (thrown) {
      given.abort();
      const error = signal.aborted ? interrupted(request.what) : engineError(thrown, request, this.dockerHost);
      // The Engine may come back, or be back already, as another version.
      const otherEngine = error.reason === "EngineUnreachable" || /client version .* is too/.test(error.message);
      if (otherEngine) this.#version = null;
      throw error;
    }
  }

  async #ask(path: string, request: EngineRequest, signal: AbortSignal, answer: Answer): Promise<unknown> {
    if (answer === "whole" && isJsonCall(this.dockerHost, path, request))
      return await jsonCall(this.dockerHost, path, request, signal);
    // Loaded at the first call that needs it: a command that finds nothing to do never does.
    this.#modem ??= import("dockerode").then(({ default: Docker }) => new Docker(this.#address).modem);
    return await dialOnce(await this.#modem, path, request, signal, answer);
  }
}

function dialOnce(
  modem: Docker["modem"],
  path: string,
  request: EngineRequest,
  abortSignal: AbortSignal,
  answer: Answer,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    modem.dial(
      {
        // docker-modem writes a query only after a `?`, and the options into both query and body unless both are named.
        path: `${path}${request.query ? "?" : ""}`,
        method: request.method,
        options: { _query: request.query ?? {}, _body: request.body ?? {} },
        ...(request.file ? { file: request.file } : {}),
        ...(request.headers ? { headers: { ...request.headers } } : {}),
        statusCodes: { 200: true, 201: true, 204: true, 304: true },
        isStream: answer === "stream",
        hijack: answer === "connection",
        abortSignal,
      },
      (error: unknown, result: unknown) => (error ? reject(error) : resolve(result)),
    );
  });
}

/** Everything is named, even when absent: docker-modem would take it from DOCKER_HOST, DOCKER_CERT_PATH and their like otherwise. */
const NOTHING_FROM_THE_ENVIRONMENT = {
  socketPath: undefined,
  host: undefined,
  port: undefined,
  username: undefined,
  protocol: "http",
  ca: undefined,
  cert: undefined,
  key: undefined,
  timeout: undefined,
} as const;

function address(dockerHost: string): Docker.DockerOptions {
  if (dockerHost.startsWith("unix://"))
    return { ...NOTHING_FROM_THE_ENVIRONMENT, socketPath: dockerHost.slice("unix://".length) };
  const tcp = /^(?:tcp|http):\/\/(\[[^\]]+\]|[^:/]+):(\d+)\/?$/.exec(dockerHost);
  if (tcp) return { ...NOTHING_FROM_THE_ENVIRONMENT, host: tcp[1], port: Number(tcp[2]) };
  throw new TallymanError("InvalidInput", `"${dockerHost}" is no address of a Docker Engine.`, {
    hint: "Write it like unix:///var/run/docker.sock or tcp://127.0.0.1:2375.",
  });
}
