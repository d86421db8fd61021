import type { StackSummary } from "../../views/stack/stack-view.ts";
import {
  before,
  sampleDeployment,
  sampleOperation,
  sampleService,
  sampleStack,
  sampleStatus,
  sampleSummary,
  sampleVerdict,
  WANTED,
} from "./sample.ts";

export const failedDeployment = sampleDeployment("117", {
  commit: WANTED,
  message: "Switch api to the new queue",
  author: "jon",
  status: "failed",
  class: "unhealthy",
  reason: "api exited with code 1 after 4 s",
  hint: "Look at its last lines, then push a new commit.",
  startedAt: before(120),
  finishedAt: before(110),
  durationMs: 9_800,
  operations: [
    sampleOperation("pull-image", "image:forge.example/harbour/api:3.3", {
      startedMs: 0,
      durationMs: 3_200,
      cause: "not on this host",
    }),
    sampleOperation("create-container", "service:api:1", { startedMs: 3_200, durationMs: 400 }),
    sampleOperation("create-container", "service:api:2", { startedMs: 3_250, durationMs: 420 }),
    sampleOperation("stop-container", "service:api:1", { startedMs: 3_700, durationMs: 700 }),
    sampleOperation("stop-container", "service:api:2", { startedMs: 3_700, durationMs: 760 }),
    sampleOperation("start-container", "service:api:1", { startedMs: 4_460, durationMs: 240 }),
    sampleOperation("start-container", "service:api:2", { startedMs: 4_470, durationMs: 280 }),
  ],
  verdicts: [
    sampleVerdict("api", {
      verdict: "unhealthy",
      summary: "exited with code 1 after 4 s",
      evidence: {
        exitCodes: [1, 1, 137],
        healthLog: [
          {
            exitCode: 1,
            output: "wget: can't connect to remote host (127.0.0.1): Connection refused\n",
            at: before(114),
          },
          { exitCode: 0, output: "", at: before(112) },
        ],
        logTail: [
          "2026-11-21T12:40:56.114203Z starting api 3.3.0",
          "2026-11-21T12:40:56.380110Z \u001b[33mwarn\u001b[0m queue driver “stream” is experimental",
          "2026-11-21T12:40:56.402911Z \u001b[1;31merror\u001b[0m configuration: QUEUE_URL is not set",
          "    at Object.<anonymous> (/app/config.js:12:9) </script><script>alert(1)</script>",
        ],
      },
    }),
    sampleVerdict("proxy", { summary: "healthy after 2 s" }),
    sampleVerdict("worker", { summary: "running for 10 s without a restart" }),
    sampleVerdict("db"),
  ],
});

export const wentBack = sampleDeployment("118", {
  trigger: "rollback",
  cause: "went back from 41d07e3",
  startedAt: before(100),
  durationMs: 640,
});

export const applying = sampleDeployment("119", {
  message: "Ghost 6.4",
  author: "renovate",
  status: "applying",
  startedAt: before(12),
  finishedAt: null,
  durationMs: null,
  operations: [
    sampleOperation("pull-image", "image:ghost:6.4", { durationMs: 6_400 }),
    sampleOperation("create-container", "service:ghost:1", { startedMs: 6_400, durationMs: 350 }),
    sampleOperation("stop-container", "service:ghost:1", { status: "running", startedMs: 6_800, durationMs: null }),
    sampleOperation("start-container", "service:ghost:1", { status: "planned", startedMs: null, durationMs: null }),
  ],
});

const earlier = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    sampleDeployment(String(116 - index), {
      startedAt: before(90_000 * (index + 1)),
      ...(index % 7 === 3
        ? ({ status: "failed", reason: "db: image postgres:71 does not exist", class: "rejected" } as const)
        : {}),
    }),
  );

export const failedStack: StackSummary = sampleSummary("shop", {
  status: sampleStatus("shop", {
    state: "failed",
    wantedCommit: WANTED,
    reason:
      "9c1f2ab runs. 41d07e3 is not healthy: api exited with code 1 after 4 s. Tried once, waiting for a new commit.",
    hint: "Look at its last lines, then push a new commit.",
    services: [sampleService("proxy"), sampleService("api", {}, 2), sampleService("worker"), sampleService("db")],
  }),
  deployments: [wentBack, failedDeployment, ...earlier(16)],
});

export const everyState: readonly StackSummary[] = [
  sampleSummary("blog", {
    stack: sampleStack("blog", { repository: "https://github.com/ada/sites.git" }),
    status: sampleStatus("blog", {
      state: "reconciling",
      reason: "gate: ghost is starting, 12 s of 60 s",
      services: [sampleService("db"), sampleService("ghost", { health: "starting" })],
    }),
    deployments: [applying, ...earlier(13)],
  }),
  sampleSummary("harbour-control-and-monitoring-with-a-very-long-name-for-a-stack", {
    status: sampleStatus("harbour", {
      services: Array.from({ length: 31 }, (_, index) => sampleService(`exporter-${index}`)),
    }),
    release: {
      ...(sampleSummary("x").release ?? neverNull()),
      message:
        "Merge branch 'feature/really-long-branch-name-that-goes-on' of forge.example:harbour/infra into main, again",
      author: "Someone With A Remarkably Long Name",
    },
    deployments: earlier(20),
  }),
  sampleSummary("mail", {
    status: sampleStatus("mail", {
      state: "degraded",
      reason: "smtp is unhealthy",
      hint: "Look at its log.",
      services: [
        sampleService("imap"),
        sampleService("smtp", { health: "unhealthy" }),
        sampleService("migrate", { state: "completed", health: "none" }),
      ],
    }),
    deployments: earlier(9),
  }),
  sampleSummary("new", {
    stack: sampleStack("new", { repository: "git@github.com:ada/new.git", path: "" }),
    status: sampleStatus("new", {
      state: "failed",
      commit: null,
      wantedCommit: null,
      lastGoodPollAt: null,
      reason: "github.com shows a host key that nobody vouched for",
      hint: "Accept its fingerprint on the stack's page.",
      services: [],
    }),
    deployments: [],
    release: null,
  }),
  sampleSummary("photos", {
    status: sampleStatus("photos", {
      state: "suspended",
      reason: "by ada since Monday: “migrating the library”",
      services: [sampleService("immich", { state: "paused", health: "none" }, 4)],
    }),
    deployments: earlier(12),
  }),
  failedStack,
  sampleSummary("vault", { deployments: [sampleDeployment("3")] }),
  sampleSummary("wiki", {
    status: sampleStatus("wiki", { state: "out-of-sync", wantedCommit: WANTED, reason: "41d07e3 is not deployed yet" }),
    deployments: earlier(4),
  }),
  sampleSummary("zoo", {
    status: sampleStatus("zoo", { state: "stopped", reason: "stopped by ada", services: [] }),
    deployments: earlier(5),
  }),
];

function neverNull(): never {
  throw new Error("the sample has a release");
}
