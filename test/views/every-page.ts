import { loginPage } from "../../views/account/login-page.tsx";
import { lockedPage, setupPage } from "../../views/account/setup-page.tsx";
import { deploymentPage } from "../../views/deployment/deployment-page.tsx";
import { errorPage } from "../../views/error-page.tsx";
import { eventsPage } from "../../views/event/events-page.tsx";
import type { Markup } from "../../views/h.ts";
import { hostPage } from "../../views/host/host-page.tsx";
import { logsPage } from "../../views/log/logs-page.tsx";
import type { PageContext } from "../../views/page-context.ts";
import { addStackPage } from "../../views/stack/add-stack-page.tsx";
import { connectPage } from "../../views/stack/connect-page.tsx";
import { overviewPage } from "../../views/stack/overview-page.tsx";
import { planPage } from "../../views/stack/plan-page.tsx";
import { stackPage } from "../../views/stack/stack-page.tsx";
import { EMPTY_STACK_FORM, type StackView } from "../../views/stack/stack-view.ts";
import { hardPages } from "./hard-pages.ts";
import { operatingPages } from "./operating-pages.ts";
import { before, CONTEXT, RUNS, sampleDeployment, sampleStack, WANTED } from "./sample.ts";
import { applying, everyState, failedDeployment, failedStack, wentBack } from "./sample-states.ts";

const VISITOR: PageContext = { ...CONTEXT, userName: null, host: null };
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMl0Q0x5bWJvbHNPZlRhbGx5bWFuRXhhbXBsZUtleTEy tallyman-shop";
const ERROR = {
  reason: "GitAuthentication",
  message: "forge.example refused our key for harbour/infra",
  hint: "Add the deploy key to the repository, then check again.",
};

function neverNull(): never {
  throw new Error("the sample has a release");
}

const failedView: StackView = {
  ...failedStack,
  live: "/live?page=stack",
  publicKey: KEY,
  unknownHost: null,
  dependencies: { proxy: ["api", "worker"], api: ["db"], worker: ["db"], db: [] },
  holds: [],
  pinnedTo: null,
};

const newStack: StackView = {
  ...(everyState[3] ?? neverNull()),
  live: "/live?page=stack",
  publicKey: KEY,
  unknownHost: {
    host: "github.com",
    keys: [
      { type: "ssh-ed25519", fingerprint: "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU" },
      { type: "ecdsa-sha2-nistp256", fingerprint: "SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM" },
    ],
  },
  dependencies: null,
  holds: [],
  pinnedTo: null,
};

const report = {
  project: "shop",
  revision: RUNS,
  empty: false,
  operations: [
    { kind: "pull-image", resource: "image:postgres:17", cause: "not on this host", after: [] },
    { kind: "create-network", resource: "network:default", cause: "network added", after: [] },
    { kind: "create-volume", resource: "volume:data", cause: "volume added", after: [] },
    { kind: "create-container", resource: "service:db:1", cause: "service added", after: [0] },
    { kind: "start-container", resource: "service:db:1", cause: "service added", after: [3] },
    { kind: "await-service", resource: "service:db", cause: "api waits for it", after: [4] },
    { kind: "create-container", resource: "service:api:1", cause: "service added", after: [5] },
    { kind: "create-container", resource: "service:api:2", cause: "service added", after: [5] },
    { kind: "remove-container", resource: "service:old:1", cause: "no longer in the Compose file", after: [] },
  ],
  violations: [],
};

/** Every page in every state worth looking at, by the name of its picture. */
export const everyPage: Readonly<Record<string, () => Markup>> = {
  overview: () => overviewPage(CONTEXT, { stacks: everyState, live: "/live?page=overview" }),
  "overview-empty": () => overviewPage(CONTEXT, { stacks: [], live: "/live?page=overview" }),
  "stack-failed": () => stackPage(CONTEXT, failedView),
  "stack-new": () => stackPage(CONTEXT, newStack),
  "stack-healthy": () =>
    stackPage({ ...CONTEXT, host: null }, { ...failedView, ...(everyState[1] ?? neverNull()), dependencies: null }),
  "deployment-failed": () =>
    deploymentPage(CONTEXT, {
      deployment: failedDeployment,
      wentBack,
      isLatestAttempt: true,
      live: "/live?page=deployment",
    }),
  "deployment-applying": () =>
    deploymentPage(CONTEXT, {
      deployment: applying,
      wentBack: null,
      isLatestAttempt: true,
      live: "/live?page=deployment",
    }),
  "deployment-rejected": () =>
    deploymentPage(CONTEXT, {
      deployment: sampleDeployment("120", {
        status: "failed",
        class: "rejected",
        reason: "shop/compose.yaml:14:5: services.api.imgae is no key of a service",
        hint: "Did you mean image?",
        durationMs: 300,
      }),
      wentBack: null,
      isLatestAttempt: true,
      live: "/live?page=deployment",
    }),
  "add-stack": () => addStackPage(CONTEXT, { form: EMPTY_STACK_FORM, error: null }),
  "add-stack-error": () =>
    addStackPage(CONTEXT, {
      form: { ...EMPTY_STACK_FORM, name: "Shop", repository: "https://github.com/ada/shop", credential: "https-token" },
      error: {
        reason: "InvalidInput",
        message: 'name: "Shop" is not a name',
        hint: "Use lowercase letters, digits, - and _.",
      },
    }),
  "connect-unknown-host": () =>
    connectPage(CONTEXT, {
      stack: newStack.stack,
      publicKey: KEY,
      unknownHost: newStack.unknownHost,
      probe: { ok: false, error: ERROR },
    }),
  "connect-refused": () =>
    connectPage(CONTEXT, {
      stack: sampleStack("shop"),
      publicKey: KEY,
      unknownHost: null,
      probe: { ok: false, error: ERROR },
    }),
  "connect-ok": () =>
    connectPage(CONTEXT, {
      stack: newStack.stack,
      publicKey: KEY,
      unknownHost: null,
      probe: { ok: true, commit: RUNS, ref: "refs/heads/main" },
    }),
  "plan-first": () =>
    planPage(CONTEXT, { stack: newStack.stack, status: newStack.status, plan: { ok: true, report }, latest: null }),
  "plan-empty": () =>
    planPage(CONTEXT, {
      stack: failedStack.stack,
      status: failedStack.status,
      plan: { ok: true, report: { ...report, empty: true, operations: [] } },
      latest: wentBack,
    }),
  "plan-refused": () =>
    planPage(CONTEXT, {
      stack: failedStack.stack,
      status: failedStack.status,
      latest: applying,
      plan: {
        ok: true,
        report: {
          ...report,
          violations: [
            {
              field: "services.api.privileged",
              file: "compose.yaml",
              line: 9,
              rule: "A privileged container owns this host.",
              allow: "policy set shop privileged=allow",
            },
          ],
        },
      },
    }),
  "plan-error": () =>
    planPage(CONTEXT, {
      stack: failedStack.stack,
      status: failedStack.status,
      latest: null,
      plan: { ok: false, error: ERROR },
    }),
  ...operatingPages(failedView, report),
  ...hardPages(failedView),
  logs: () =>
    logsPage(CONTEXT, {
      stack: failedStack.stack,
      serviceNames: ["api", "db", "proxy", "worker"],
      serviceName: null,
      tail: 200,
      lines: Array.from({ length: 24 }, (_, index) => ({
        at: before(60 - index),
        stream: index % 5 === 4 ? "stderr" : "stdout",
        serviceName: ["api", "db", "proxy"][index % 3] ?? "api",
        text:
          index % 6 === 2
            ? `\u001b[32mGET\u001b[0m /basket/${index} \u001b[2m${"a-long-query-parameter=1&".repeat(8)}\u001b[0m 200`
            : `line ${index} of the log with <b>markup</b>`,
      })),
    }),
  "logs-empty": () =>
    logsPage(CONTEXT, { stack: failedStack.stack, serviceNames: [], serviceName: null, tail: 200, lines: [] }),
  events: () =>
    eventsPage(CONTEXT, {
      live: "/live?page=events",
      events: [
        {
          type: "deployment",
          deploymentId: "118",
          status: "healthy",
          class: null,
          reason: null,
          id: "e-9",
          at: before(2),
          stack: "shop",
        },
        {
          type: "phase",
          deploymentId: "118",
          phase: "gate",
          detail: "waiting for every service to prove itself",
          id: "e-8",
          at: before(6),
          stack: "shop",
        },
        {
          type: "operation",
          deploymentId: "118",
          status: "failed",
          durationMs: 12,
          operation: { kind: "pull-image", image: "forge.example/harbour/api:3.3", platform: null },
          id: "e-7",
          at: before(9),
          stack: "harbour-control-and-monitoring-with-a-very-long-name-for-a-stack",
        },
        {
          type: "poll-failed",
          reason: "GitUnreachable",
          message: "forge.example does not answer",
          id: "e-6",
          at: before(70),
          stack: "mail",
        },
        { type: "polled", commit: RUNS, changed: false, id: "e-5", at: before(80), stack: "vault" },
        { type: "polled", commit: WANTED, changed: true, id: "e-4", at: before(90), stack: "shop" },
        { type: "warning", message: "the image declares no health check", id: "e-3", at: before(400), stack: "wiki" },
        { type: "stack-added", id: "e-1", at: before(4_000), stack: "shop" },
      ],
    }),
  "events-empty": () => eventsPage(CONTEXT, { live: "/live?page=events", events: [] }),
  host: () =>
    hostPage(CONTEXT, {
      engine: {
        version: "28.5.2",
        apiVersion: "1.51",
        name: "quay-1",
        containers: 23,
        operatingSystem: "Debian GNU/Linux 12 (bookworm)",
        dockerRootDir: "/var/lib/docker",
      },
      root: "/opt/tallyman",
      refusedLogin: null,
      build: { version: "0.1.0", commit: RUNS, bun: "1.4.5", target: "linux-x64" },
      registries: [
        { host: "ghcr.io", username: "harbour-bot" },
        { host: "registry.example:5000", username: "a-robot-with-a-remarkably-long-name-for-an-account" },
      ],
      checks: [
        { name: "Docker Engine", ok: true, detail: "28.5.2 answers in 4 ms", fix: "" },
        {
          name: "Worker image",
          ok: false,
          detail: "alpine/git:latest is not on this host and its registry does not answer",
          fix: "Run `tallyman worker-image build`",
        },
        { name: "Store", ok: true, detail: "encrypted, schema 4", fix: "" },
        { name: "Disk", ok: true, detail: "59 % free on /var/lib/docker", fix: "" },
      ],
    }),
  login: () => loginPage(VISITOR, { name: "", error: null }),
  "login-error": () =>
    loginPage(VISITOR, {
      name: "ada",
      error: { reason: "Unauthorized", message: "name or password is wrong", hint: "Try again." },
    }),
  setup: () => setupPage(VISITOR, { name: "", token: "t".repeat(43), error: null }),
  locked: () => lockedPage(VISITOR),
  "not-found": () =>
    errorPage(CONTEXT, { reason: "NotFound", message: "there is nothing at this address", hint: "Start at /." }, 404),
  "error-visitor": () =>
    errorPage(
      VISITOR,
      { reason: "Forbidden", message: "this form is too old", hint: "Reload the page and try again." },
      403,
    ),
};
