import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { EngineInfo, LogLine } from "../../src/engine.ts";
import { TallymanError } from "../../src/error.ts";
import { EventBus } from "../../src/event-bus.ts";
import { parseRemoteUrl } from "../../src/git/remote-url.ts";
import type { ObservedState } from "../../src/observed-state.ts";
import type { PlanReport } from "../../src/plan.ts";
import { emptyProject } from "../../src/project.ts";
import type { PassResult } from "../../src/reconcile/pass.ts";
import type { FoundProject, ProbeResult } from "../../src/reconcile/reconciler.ts";
import type { Drift, Stack, StackStatus } from "../../src/stack.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import type { ReconcilerPort } from "../../src/web/reconciler-port.ts";
import { csrfToken } from "../../src/web/secret-token.ts";
import { startServer, type WebServer } from "../../src/web/server.ts";
import type { WebOptions } from "../../src/web/web-options.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary.ts";

const COMMIT = "9c1f2ab0c0ffee00000000000000000000000000";

/** Lanes in memory: every stack is in sync with one service, and what was asked for is remembered. */
export class StillReconciler implements ReconcilerPort {
  readonly asked: string[] = [];
  readonly stacks = new Map<string, Stack>();
  probed: ProbeResult = { ok: true, revision: { commit: COMMIT, ref: "refs/heads/main" } };
  found: FoundProject | null = null;
  drifted: readonly Drift[] = [];
  pass: PassResult = { outcome: "in-sync", deploymentId: null, commit: COMMIT, error: null };

  adopt(stack: Stack): void {
    this.asked.push(`adopt ${stack.name}`);
    this.stacks.set(stack.name, stack);
  }

  edit(stack: Stack): void {
    this.asked.push(`edit ${stack.name}`);
    this.stacks.set(stack.name, stack);
  }

  async remove(stackName: string, options: { readonly volumes: boolean }): Promise<void> {
    this.asked.push(`remove ${stackName}${options.volumes ? " with volumes" : ""}`);
    this.stacks.delete(stackName);
  }

  async drift(stackName: string): Promise<readonly Drift[]> {
    this.asked.push(`drift ${stackName}`);
    return this.drifted;
  }

  async look(): Promise<FoundProject | null> {
    return this.found;
  }

  async run(stackName: string, trigger: string): Promise<PassResult> {
    this.asked.push(`run ${stackName} ${trigger}`);
    return this.pass;
  }

  async status(stackName: string): Promise<StackStatus> {
    const container = { id: "c0ffee", name: `${stackName}-web-1`, state: "running", health: "healthy" };
    return {
      name: stackName,
      state: "in-sync",
      reason: "nothing to do",
      hint: "",
      commit: COMMIT,
      wantedCommit: COMMIT,
      trouble: null,
      pinned: false,
      suspended: null,
      stopped: null,
      drift: this.drifted,
      lastGoodPollAt: "2026-01-01T00:00:00Z",
      lastDeploymentId: null,
      services: [
        {
          name: "web",
          state: "running",
          health: "healthy",
          image: "nginx:1.27",
          digest: null,
          dependsOn: [],
          containers: [{ ...container, startedAt: "2026-01-01T00:00:00Z", restarts: 0 }],
        },
      ],
    };
  }

  async statuses(): Promise<readonly StackStatus[]> {
    return await Promise.all([...this.stacks.keys()].map((stackName) => this.status(stackName)));
  }

  async preview(stackName: string): Promise<PlanReport> {
    return { project: stackName, revision: COMMIT, empty: true, operations: [], violations: [] };
  }

  async probe(): Promise<ProbeResult> {
    return this.probed;
  }
}

export interface WebFixture extends AsyncDisposable {
  readonly server: WebServer;
  readonly url: string;
  readonly socketPath: string;
  readonly store: Store;
  readonly reconciler: StillReconciler;
  readonly bus: EventBus;
  readonly logged: string[];
  readonly clock: { ms: number };
  readonly directory: TemporaryDirectory;
  /** What the server was started with: a second one can be made from it. */
  readonly options: WebOptions;
}

/** A server on a free port of the loopback and on a socket in a directory of its own. Its clock stands until a test moves it. */
export async function webFixture(changes: Partial<WebOptions> = {}): Promise<WebFixture> {
  const directory = temporaryDirectory("web");
  const clock = { ms: Date.parse("2026-01-01T00:00:00Z") };
  const now = () => new Date(clock.ms);
  const reconciler = new StillReconciler();
  const bus = new EventBus("e", now);
  const logged: string[] = [];
  const store = await openStore({ root: directory.path, now });
  const options: WebOptions = {
    listen: { host: "127.0.0.1", port: 0 },
    socketPath: join(directory.path, "system", "tallyman.sock"),
    store,
    reconciler,
    engine: { info: async () => ENGINE, logs: oneLine, observe: async () => observed(["shop_data", "shop_uploads"]) },
    bus,
    build: { version: "1.2.3", commit: "abc", builtAt: "2026-01-01T00:00:00Z", bun: "1.4.5", target: "linux-x64" },
    now,
    random: (bytes) => randomBytes(bytes),
    log: (level, message, fields) => logged.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`),
    intervalMs: 60_000,
    readRemote: parseRemoteUrl,
    generateDeployKey: async (stackName) => ({
      privateKey: "PRIVATE",
      publicKey: `ssh-ed25519 AAAA tallyman-${stackName}`,
    }),
    publicKeyOf: async () => "ssh-ed25519 BBBB brought",
    learnHostKeys: async (host) => [{ host, type: "ssh-ed25519", key: "AAAA", fingerprint: "SHA256:right" }],
    doctor: async () => ({ ok: true, checks: [] }),
    ...changes,
  };
  const server = await startServer(options);
  return {
    server,
    url: server.url,
    socketPath: options.socketPath,
    store: options.store,
    reconciler,
    bus,
    logged,
    clock,
    directory,
    options,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await store.close();
      directory.remove();
    },
  };
}

const ENGINE: EngineInfo = {
  version: "28.0.0",
  apiVersion: "1.48",
  name: "quay",
  containers: 1,
  operatingSystem: "none",
  dockerRootDir: "/",
};

function observed(volumeNames: readonly string[]): ObservedState {
  const volumes = volumeNames.map((name) => ({ name, driver: "local", labels: {} }));
  return { project: "shop", containers: [], networks: [], volumes, images: {} };
}

/** A healthy release of a stack, newest so far. */
export async function released(fixture: WebFixture, stack: string, commit: string, more = {}): Promise<string> {
  const info = { commit, author: "mara", message: `Change ${commit.slice(0, 4)}`, committedAt: "2026-01-01T00:00:00Z" };
  const begun = { stack, commit: info, trigger: "commit", cause: "new commit on main", settingsDigest: "s" } as const;
  const { id } = await fixture.store.history.begin({ ...begun, ...more });
  const healthy = { status: "healthy", verdicts: [], repoDigests: {}, inputDigest: "i" } as const;
  const imageDigests = { "nginx:1.27": `sha256:${commit}` };
  await fixture.store.history.finish(id, { ...healthy, imageDigests, project: emptyProject(stack) });
  return id;
}

async function* oneLine(containerId: string): AsyncIterable<LogLine> {
  yield { at: "2026-01-01T00:00:00.000000001Z", stream: "stdout", text: `hello from ${containerId} </script>` };
}

export const NEW_STACK = { name: "shop", repository: "https://forge.example/infra.git", ref: "main" };

/** Calls the API over the unix socket: as the command line on the host does. */
export async function callSocket(fixture: WebFixture, method: string, path: string, body?: unknown) {
  const answer = await fetch(`http://localhost/api/v1${path}`, {
    unix: fixture.socketPath,
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> & { error?: ErrorBody } };
}

export interface ErrorBody {
  readonly reason: string;
  readonly message: string;
  readonly hint: string;
}

/** A browser as far as cookies and forms go: sends same-origin headers, keeps cookies, follows nothing. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #origin: string;

  constructor(url: string) {
    this.#origin = new URL(url).origin;
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.#send(path, { headers });
  }

  /** Fills the form's token in, unless the fields bring one. */
  async post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
    const own = {
      origin: this.#origin,
      "sec-fetch-site": "same-origin",
      "content-type": "application/x-www-form-urlencoded",
    };
    return this.#send(path, {
      method: "POST",
      body: new URLSearchParams(fields).toString(),
      headers: { ...own, ...headers },
    });
  }

  async #send(
    path: string,
    { headers, ...init }: Omit<RequestInit, "headers"> & { headers: Record<string, string> },
  ): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(`${this.#origin}${path}`, {
      ...init,
      redirect: "manual",
      headers: { ...(cookie ? { cookie } : {}), ...headers },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }
}

/** A response as the tests compare it: a redirect by its target, an error by its reason. */
export async function outcome(answer: Response): Promise<string> {
  const location = answer.headers.get("location");
  if (location !== null) return `${answer.status} ${location}`;
  if (!answer.headers.get("content-type")?.includes("json")) return String(answer.status);
  const body = (await answer.json()) as { readonly error?: ErrorBody };
  return body.error ? `${answer.status} ${body.error.reason}` : String(answer.status);
}

/** The form token in a page. */
export async function csrfIn(answer: Response): Promise<string> {
  return /name="csrf" value="([^"]+)"/.exec(await answer.text())?.[1] ?? "";
}

export const PASSWORD = "correct horse battery";

/** Walks the setup link; the browser is logged in then. */
export async function setUp(fixture: WebFixture): Promise<Browser> {
  if (fixture.server.setupUrl === null) throw new TallymanError("Internal", "there is no setup link");
  const browser = new Browser(fixture.url);
  const path = new URL(fixture.server.setupUrl).pathname;
  const csrf = await csrfIn(await browser.get(path));
  const answer = await browser.post(path, { csrf, name: "ada", password: PASSWORD, repeated: PASSWORD });
  if (answer.status !== 303)
    throw new TallymanError("Internal", `setup answered ${answer.status}: ${await answer.text()}`);
  return browser;
}

/** The form token of the browser's session, as its pages would hold it. */
export function csrfOfSession(browser: Browser): string {
  return csrfToken(browser.cookies.get("tallyman_session") ?? "");
}
