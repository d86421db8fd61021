import type { PlanReport } from "../../src/plan.ts";
import type { Hold } from "../../src/stack.ts";
import type { Markup } from "../../views/h.ts";
import { adoptPage } from "../../views/stack/adopt-page.tsx";
import { holdPage } from "../../views/stack/hold-page.tsx";
import { planPage } from "../../views/stack/plan-page.tsx";
import { removeStackPage } from "../../views/stack/remove-stack-page.tsx";
import { rollbackPage } from "../../views/stack/rollback-page.tsx";
import { settingsPage } from "../../views/stack/settings-page.tsx";
import { stackPage } from "../../views/stack/stack-page.tsx";
import { EMPTY_STACK_FORM, type StackView } from "../../views/stack/stack-view.ts";
import { variablesPage } from "../../views/variable/variables-page.tsx";
import { before, CONTEXT, RUNS, sampleRelease, sampleStack, sampleStatus, WANTED } from "./sample.ts";

const OLD = "77aa00c4d5e6f708192a3b4c5d6e7f8091a2b3c4";

function hold(kind: Hold["kind"], more: Partial<Hold> = {}): Hold {
  return {
    kind,
    by: "ada",
    why: "checkout is slow since the last release",
    at: before(7_300),
    deploymentId: null,
    ...more,
  };
}

const releases = [
  sampleRelease({
    imageDigests: {
      "forge.example/harbour/api:3.2": `sha256:${"8c1b".repeat(16)}`,
      "postgres:17": `sha256:${"77aa".repeat(16)}`,
    },
  }),
  sampleRelease({
    deploymentId: "112",
    commit: OLD,
    message:
      "Merge branch 'feature/really-long-branch-name-that-goes-on' of forge.example:harbour/infra into main, again",
    author: "Someone With A Remarkably Long Name",
    imageDigests: { "forge.example/harbour/api:3.1": `sha256:${"12ab".repeat(16)}` },
    healthyAt: before(400_000),
  }),
  sampleRelease({ deploymentId: "9", commit: WANTED, message: "", author: "", healthyAt: before(20_000_000) }),
];

const entry = { stack: "shop", secret: true, value: null, changedBy: "ada", changedAt: before(86_000) } as const;
const typed = { form: { name: "", kind: "secret", value: "" }, error: null } as const;

/** Pages of what an operator does beside the repository, in every state worth looking at. */
export function operatingPages(view: StackView, report: PlanReport): Readonly<Record<string, () => Markup>> {
  const { stack } = view;
  const held = (state: "suspended" | "stopped", more: Partial<StackView["status"]>) =>
    sampleStatus("shop", { state, reason: "", services: view.status.services, ...more });
  const suspension = { by: "ada", why: "moving the database", at: before(7_300) };
  return {
    "stack-suspended": () =>
      stackPage(CONTEXT, {
        ...view,
        status: held("suspended", { suspended: suspension, wantedCommit: WANTED }),
        holds: [hold("suspended")],
      }),
    "stack-pinned": () =>
      stackPage(CONTEXT, {
        ...view,
        status: held("suspended", { pinned: true, suspended: suspension, commit: OLD, wantedCommit: WANTED }),
        holds: [hold("pinned", { deploymentId: "112" })],
        pinnedTo: releases[1] ?? null,
      }),
    "stack-stopped": () =>
      stackPage(CONTEXT, {
        ...view,
        status: held("stopped", { stopped: suspension }),
        holds: [hold("stopped", { why: "" })],
      }),
    "stack-paused": () =>
      stackPage(CONTEXT, {
        ...view,
        status: held("suspended", { suspended: { ...suspension, by: "tallyman" }, wantedCommit: WANTED }),
        holds: [hold("suspended", { by: "tallyman", why: "41d07e3 failed, and its failure_action is pause" })],
      }),
    "stack-drift": () =>
      stackPage(CONTEXT, {
        ...view,
        stack: sampleStack("shop", { drift: "report", dependsOn: ["vault", "mail"], liveTree: "/srv/shop" }),
        status: sampleStatus("shop", {
          state: "out-of-sync",
          reason: "service:api:1: memory limit, and 3 more",
          hint: "Deploy to make it so again, or change the Compose file.",
          services: view.status.services,
          drift: [
            { resource: "service:api:1", field: "memory limit", wanted: "512 MiB", found: "256 MiB" },
            { resource: "service:api:2", field: "environment DEBUG", wanted: "", found: "set" },
            {
              resource: "service:worker:1",
              field: "image",
              wanted: `sha256:${"8c1b".repeat(16)}`,
              found: `sha256:${"77aa".repeat(16)}`,
            },
            { resource: "network:default", field: "is missing", wanted: "shop_default", found: "" },
          ],
        }),
      }),
    suspend: () => holdPage(CONTEXT, { stack, status: view.status, kind: "suspended", why: "", error: null }),
    stop: () => holdPage(CONTEXT, { stack, status: view.status, kind: "stopped", why: "", error: null }),
    rollback: () => rollbackPage(CONTEXT, { stack, releases, current: "118", suggested: "112", why: "", error: null }),
    "rollback-none": () =>
      rollbackPage(CONTEXT, {
        stack,
        releases: releases.slice(0, 1),
        current: "118",
        suggested: null,
        why: "",
        error: null,
      }),
    settings: () =>
      settingsPage(CONTEXT, {
        stack,
        form: {
          ...EMPTY_STACK_FORM,
          repository: stack.repository,
          ref: "main",
          path: "shop",
          dependsOn: "vault\nmail",
        },
        error: null,
        credentialDropped: true,
      }),
    "settings-folder": () =>
      settingsPage(CONTEXT, {
        stack: sampleStack("shop", { origin: "folder", repository: "/srv/apps/shop" }),
        form: EMPTY_STACK_FORM,
        error: {
          reason: "InvalidInput",
          message: "dependsOn: shop → vault → shop is a circle",
          hint: "Let one of them wait for nobody.",
        },
        credentialDropped: false,
      }),
    variables: () =>
      variablesPage(CONTEXT, {
        owner: "shop",
        own: [
          { ...entry, name: "DB_PASSWORD" },
          { ...entry, name: "PUBLIC_URL", secret: false, value: `https://shop.example/${"very-long-".repeat(12)}` },
        ],
        shared: [{ ...entry, name: "SMTP_HOST", stack: null, secret: false, value: "mail.example" }],
        ...typed,
      }),
    "variables-shared": () => variablesPage(CONTEXT, { owner: null, own: [], shared: [], ...typed }),
    adopt: () => adoptPage(CONTEXT, { form: EMPTY_STACK_FORM, error: null, inPlace: false }),
    "plan-adoption": () =>
      planPage(CONTEXT, {
        stack,
        status: held("suspended", {
          suspended: { ...suspension, why: "adoption: look at the plan first" },
          commit: null,
        }),
        plan: { ok: true, report: { ...report, revision: RUNS, empty: true, operations: [] } },
        latest: null,
      }),
    remove: () =>
      removeStackPage(CONTEXT, { stack, status: view.status, volumes: ["shop_data", "shop_uploads"], error: null }),
  };
}
