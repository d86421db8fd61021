import { expect, test } from "bun:test";
import { deploymentPage } from "../../views/deployment/deployment-page.tsx";
import { errorPage } from "../../views/error-page.tsx";
import { eventsPage } from "../../views/event/events-page.tsx";
import { logsPage } from "../../views/log/logs-page.tsx";
import { overviewPage } from "../../views/stack/overview-page.tsx";
import { stackPage } from "../../views/stack/stack-page.tsx";
import {
  before,
  CONTEXT,
  sampleDeployment,
  sampleOperation,
  sampleRelease,
  sampleService,
  sampleStack,
  sampleStatus,
  sampleVerdict,
} from "./sample.ts";

const HOSTILE = `"'></script></pre><script>alert(1)</script><img src=x onerror=alert(2)>`;
const release = sampleRelease({ commit: "a".repeat(40), message: HOSTILE, author: HOSTILE });
const HELD = {
  holds: [{ kind: "pinned", by: HOSTILE, why: HOSTILE, at: before(1), deploymentId: "1" }] as const,
  pinnedTo: release,
};
const deployment = sampleDeployment("1", {
  commit: release.commit,
  message: HOSTILE,
  author: HOSTILE,
  cause: HOSTILE,
  status: "failed",
  reason: HOSTILE,
  hint: HOSTILE,
  operations: [sampleOperation("create-container", `service:${HOSTILE}:1`, { cause: HOSTILE })],
  verdicts: [
    sampleVerdict(HOSTILE, {
      verdict: "unhealthy",
      summary: HOSTILE,
      evidence: {
        exitCodes: [1],
        healthLog: [{ exitCode: 1, output: HOSTILE, at: HOSTILE }],
        logTail: [HOSTILE, `\u001b[31m${HOSTILE}`],
      },
    }),
  ],
});
const summary = {
  stack: sampleStack("shop", {
    repository: `https://forge.example/${HOSTILE}`,
    ref: HOSTILE,
    path: HOSTILE,
    files: [HOSTILE],
  }),
  status: sampleStatus("shop", {
    state: "failed",
    commit: release.commit,
    reason: HOSTILE,
    hint: HOSTILE,
    drift: [{ resource: HOSTILE, field: HOSTILE, wanted: HOSTILE, found: HOSTILE }],
    services: [sampleService(HOSTILE, { image: HOSTILE, state: HOSTILE, health: HOSTILE })],
  }),
  deployments: [deployment],
  release,
};

function expectInert(html: string): void {
  expect(html).not.toContain("<script>alert");
  expect(html).not.toMatch(/<img/);
  expect(html).toContain("alert(1)");
}

test("a hostile commit, author, image and reason are text on the overview", () => {
  expectInert(overviewPage(CONTEXT, { stacks: [summary], live: "/live" }).toString());
});

test("hostile names, folders, keys and dependencies are text on the page of a stack", () => {
  const view = { ...summary, live: "/live", publicKey: HOSTILE, dependencies: { [HOSTILE]: [`b${HOSTILE}`] }, ...HELD };
  const unknownHost = { host: HOSTILE, keys: [{ type: HOSTILE, fingerprint: HOSTILE }] };
  expectInert(stackPage(CONTEXT, { ...view, unknownHost }).toString());
});

test("hostile logs, health checks and causes are text on the page of a deployment", () => {
  expectInert(
    deploymentPage(CONTEXT, { deployment, wentBack: deployment, isLatestAttempt: true, live: "/live" }).toString(),
  );
});

test("hostile output is text among the logs", () => {
  const line = { at: before(1), stream: "stderr", serviceName: HOSTILE, text: HOSTILE } as const;
  const view = { stack: summary.stack, serviceNames: [HOSTILE, "b"], serviceName: null, lines: [line], tail: 10 };
  expectInert(logsPage(CONTEXT, view).toString());
});

test("hostile events and errors are text", () => {
  const event = { type: "warning", message: HOSTILE, id: HOSTILE, at: before(1), stack: HOSTILE } as const;
  expectInert(eventsPage(CONTEXT, { events: [event], live: "/live" }).toString());
  expectInert(errorPage(CONTEXT, { reason: HOSTILE, message: HOSTILE, hint: HOSTILE }, 500).toString());
});

test("a repository that is no web address is never a link", () => {
  for (const repository of [
    "javascript:alert(1)",
    "data:text/html,x",
    "ssh://forge.example/x",
    "http://forge.example/x",
  ]) {
    const page = stackPage(CONTEXT, {
      ...summary,
      stack: sampleStack("shop", { repository }),
      live: "/live",
      publicKey: null,
      unknownHost: null,
      dependencies: null,
      ...HELD,
    });
    expect(page.toString()).not.toMatch(/href="(javascript|data|ssh|http):/i);
  }
});
