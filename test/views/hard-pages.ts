import { FOLDER_GONE } from "../../src/stack.ts";
import { deploymentPage } from "../../views/deployment/deployment-page.tsx";
import type { Markup } from "../../views/h.ts";
import { hostPage } from "../../views/host/host-page.tsx";
import { logsPage } from "../../views/log/logs-page.tsx";
import type { PageContext } from "../../views/page-context.ts";
import { holdPage } from "../../views/stack/hold-page.tsx";
import { overviewPage } from "../../views/stack/overview-page.tsx";
import { removeStackPage } from "../../views/stack/remove-stack-page.tsx";
import { rollbackPage } from "../../views/stack/rollback-page.tsx";
import { stackPage } from "../../views/stack/stack-page.tsx";
import type { StackSummary, StackView } from "../../views/stack/stack-view.ts";
import { variablesPage } from "../../views/variable/variables-page.tsx";
import {
  before,
  CONTEXT,
  RUNS,
  sampleDeployment,
  sampleOperation,
  sampleRelease,
  sampleService,
  sampleStack,
  sampleStatus,
  sampleSummary,
  sampleVerdict,
  WANTED,
} from "./sample.ts";

/** As long as names may be, without a place where a browser would break them. */
const NAME = "harbourcontrolandmonitoringforeveryquayofthewholesouthernbasin1".slice(0, 63);
const SERVICE = "asynchronous_invoice_rendering_and_mailing_worker_of_the_eu_shop";
const IMAGE = `registry.internal.harbour.example:5000/platform/${"very-deep/".repeat(3)}${SERVICE}@sha256:${"8c1b".repeat(16)}`;
const MESSAGE =
  "Merge branch 'feature/really-long-branch-name-that-goes-on' of forge.example:harbour/infra into main, and once again";
const ERROR = `/opt/tallyman/stacks/${NAME}/checkout/${"deep/".repeat(8)}compose.production.yaml:1204:17: services.${SERVICE}.environment.DATABASE_URL: required variable DATABASE_URL is missing a value`;
const HINT = `Set it with \`tallyman variable set ${NAME} DATABASE_URL\`, then it is tried again by itself.`;
const AUTHOR = "Someone With A Remarkably Long Name";

const services = Array.from({ length: 40 }, (_, index) =>
  sampleService(`${SERVICE.slice(0, 58)}_${index}`, { image: IMAGE, ...(index === 7 ? { health: "unhealthy" } : {}) }),
);

const failure = sampleDeployment("9007199", {
  stack: NAME,
  commit: WANTED,
  message: MESSAGE,
  author: AUTHOR,
  status: "failed",
  class: "unhealthy",
  failureAction: "rollback",
  reason: ERROR,
  hint: HINT,
  interruptions: 2,
  operations: services.map(({ name }, index) =>
    sampleOperation("create-container", `service:${name}:1`, {
      cause: `image changed ${IMAGE} → ${IMAGE}`,
      startedMs: index * 100,
    }),
  ),
  verdicts: [
    sampleVerdict(SERVICE, {
      verdict: "unhealthy",
      summary: `its healthcheck fails: ${ERROR}`,
      evidence: {
        exitCodes: [1, 137, 143],
        healthLog: [
          { exitCode: 1, output: `${ERROR}\nsecond line\n${"x".repeat(400)}`, at: before(30) },
          { exitCode: 0, output: "", at: before(20) },
        ],
        logTail: Array.from(
          { length: 100 },
          (_, index) =>
            `${before(100 - index)} \u001b[3${index % 8}mline ${index}\u001b[0m ${ERROR.slice(0, index * 2)}`,
        ),
      },
    }),
    sampleVerdict("db"),
  ],
});

const summary: StackSummary = sampleSummary(NAME, {
  stack: sampleStack(NAME, {
    repository: `https://forge.example/${NAME}/${NAME}.git`,
    path: `environments/production/${NAME}`,
    ref: "refs/heads/feature/really-long-branch-name-that-goes-on-and-on",
    files: [`${SERVICE}.compose.production.yaml`, "compose.override.yaml"],
    profiles: ["production", "monitoring"],
    project: `${NAME.slice(0, 50)}-project`,
  }),
  status: sampleStatus(NAME, { state: "failed", wantedCommit: WANTED, reason: ERROR, hint: HINT, services }),
  deployments: [failure, ...Array.from({ length: 19 }, (_, index) => sampleDeployment(String(119 - index)))],
  release: sampleRelease({ message: MESSAGE, author: AUTHOR }),
});

/** One stack for each reason why an attempt did not become a release. */
const reasons: readonly StackSummary[] = (
  [
    ["transient", "degraded", "RegistryUnavailable", "registry.example answers 503", "Tried again by itself in 40 s."],
    ["denied", "degraded", "RegistryDenied", "ghcr.io refuses the login of harbour-bot", "Give it a new token."],
    ["no-key", "failed", "GitAuthentication", "forge.example refused our key", "Add the deploy key to the repository."],
    ["no-value", "failed", "VariableMissing", "required variable DB_PASSWORD is missing a value", "Set it."],
  ] as const
).map(([name, state, trouble, reason, hint]) =>
  sampleSummary(name, { status: sampleStatus(name, { state, trouble, reason, hint }), deployments: [] }),
);

const AWAY: PageContext = { ...CONTEXT, host: null, userName: "someone.with.a.long.name@harbour.example" };

function ended(status: "failed" | "interrupted", failureClass: "transient" | "denied" | "interrupted"): Markup {
  const deployment = sampleDeployment("7", {
    status,
    class: failureClass,
    reason: "registry.example answers 503",
    hint: "Nothing that ran was touched.",
    operations: [sampleOperation("pull-image", "image:api:3.3", { status: "failed" })],
  });
  return deploymentPage(CONTEXT, { deployment, wentBack: null, isLatestAttempt: true, live: "/live" });
}

/** Pages with the longest, the most and the worst of everything. */
export function hardPages(view: StackView): Readonly<Record<string, () => Markup>> {
  const hard: StackView = { ...view, ...summary, dependencies: null, publicKey: null };
  const missed = { by: "tallyman", at: before(60), why: `${FOLDER_GONE}, as are 5 of 5: nothing is removed` };
  return {
    "hard-overview": () => overviewPage(AWAY, { stacks: [summary, ...reasons], live: "/live" }),
    "hard-stack": () => stackPage(AWAY, hard),
    "hard-stack-drift": () =>
      stackPage(CONTEXT, {
        ...hard,
        status: {
          ...hard.status,
          drift: [{ resource: `service:${SERVICE}:1`, field: `environment ${SERVICE}`, wanted: IMAGE, found: ERROR }],
        },
      }),
    "hard-stack-missed": () =>
      stackPage(CONTEXT, {
        ...hard,
        stack: sampleStack(NAME, { origin: "folder", repository: `/srv/apps/${NAME}` }),
        status: sampleStatus(NAME, { state: "suspended", suspended: missed, services }),
        holds: [{ ...missed, kind: "suspended", deploymentId: null }],
      }),
    "hard-deployment": () =>
      deploymentPage(AWAY, { deployment: failure, wentBack: null, isLatestAttempt: true, live: "/live" }),
    "deployment-transient": () => ended("failed", "transient"),
    "deployment-denied": () => ended("failed", "denied"),
    "deployment-interrupted": () => ended("interrupted", "interrupted"),
    "hard-rollback": () =>
      rollbackPage(CONTEXT, {
        stack: summary.stack,
        releases: [
          sampleRelease({ message: MESSAGE, author: AUTHOR, imageDigests: { [IMAGE]: `sha256:${"ab".repeat(32)}` } }),
          sampleRelease({ deploymentId: "9", commit: WANTED, message: "m".repeat(200) }),
        ],
        current: "118",
        suggested: "9",
        why: "",
        error: { reason: "NotFound", message: ERROR, hint: HINT },
      }),
    "hard-remove": () =>
      removeStackPage(CONTEXT, {
        stack: summary.stack,
        status: summary.status,
        volumes: [`${NAME}_${SERVICE}`, "b"],
        error: { reason: "InvalidInput", message: `confirm: type ${NAME}`, hint: HINT },
      }),
    "hard-stop": () =>
      holdPage(CONTEXT, {
        stack: summary.stack,
        status: summary.status,
        kind: "stopped",
        why: "w".repeat(500),
        error: null,
      }),
    "hard-variables": () =>
      variablesPage(CONTEXT, {
        owner: NAME,
        own: [true, false].map((secret) => ({
          stack: NAME,
          name: `${SERVICE.toUpperCase()}_${secret ? "SECRET" : "URL"}`,
          secret,
          value: secret ? null : `https://${NAME}.example/`.repeat(9),
          changedBy: AUTHOR,
          changedAt: before(86_000),
        })),
        shared: [],
        form: { name: SERVICE, kind: "variable", value: "kept\nas typed" },
        error: { reason: "InvalidInput", message: ERROR, hint: HINT },
      }),
    "hard-logs": () =>
      logsPage(CONTEXT, {
        stack: summary.stack,
        serviceNames: services.map(({ name }) => name),
        serviceName: services[0]?.name ?? null,
        tail: 200,
        lines: [{ at: before(5), stream: "stderr", serviceName: SERVICE, text: "x".repeat(600) }],
      }),
    "host-away": () =>
      hostPage(AWAY, {
        engine: null,
        root: `/srv/${NAME}/${NAME}`,
        build: { version: "0.1.0", commit: RUNS, bun: "1.4.5", target: "linux-x64" },
        registries: [{ host: `registry.${NAME}.example:5000`, username: SERVICE }],
        refusedLogin: {
          registry: NAME,
          username: SERVICE,
          error: { reason: "InvalidInput", message: ERROR, hint: "Try again." },
        },
        checks: [{ name: "Docker Engine", ok: false, detail: ERROR, fix: HINT }],
      }),
  };
}
