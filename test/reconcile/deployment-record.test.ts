import { expect, test } from "bun:test";
import type { Plan, PlannedOperation } from "../../src/plan.ts";
import { emptyProject } from "../../src/project.ts";
import { DeploymentRecord } from "../../src/reconcile/deployment-record.ts";
import { memoryFlow } from "../support/flow.ts";

const commit = { commit: "aaa", author: "ada", message: "m", committedAt: "2026-01-01T00:00:00Z" };
const begin = { stack: "shop", commit, trigger: "commit", cause: "new commit", settingsDigest: "s" } as const;
const pull: PlannedOperation = {
  kind: "pull-image",
  image: "web:1",
  platform: null,
  cause: "image is not here",
  after: [],
};
const create: PlannedOperation = {
  kind: "create-network",
  networkKey: "default",
  name: "shop_default",
  cause: "network is missing",
  after: [],
};
const facts = { imageDigests: {}, repoDigests: {}, inputDigest: "i", project: emptyProject("shop") };
const plan = (...operations: readonly PlannedOperation[]): Plan => ({ project: "shop", operations });

test("the operations of the images stay in front when the plan is made anew", async () => {
  const { parts, history } = memoryFlow();
  const record = await DeploymentRecord.begin(begin, plan(pull, create), parts);
  record.step({ index: 0, operation: pull, status: "done", durationMs: 5 });
  await record.continueWith(plan(create));
  record.step({ index: 0, operation: create, status: "done", durationMs: 7 });
  await record.healthy([], facts);
  expect(
    history.rows[0]?.operations.map(({ resource, status, durationMs }) => `${resource} ${status} ${durationMs}`),
  ).toEqual(["image:web:1 done 5", "network:default done 7"]);
});

test("a failed attempt keeps class, reason and hint", async () => {
  const { parts, history } = memoryFlow();
  const record = await DeploymentRecord.begin(begin, plan(create), parts);
  const { TallymanError } = await import("../../src/error.ts");
  await record.failed("unhealthy", new TallymanError("NotHealthy", "web exited", { hint: "look" }), [], "rollback");
  expect(history.rows[0]).toMatchObject({ status: "failed", class: "unhealthy", reason: "web exited", hint: "look" });
});

test("a write that fails does not stop the change", async () => {
  const { parts, history } = memoryFlow();
  const told: string[] = [];
  history.recordOperations = async () => {
    throw new Error("disk full");
  };
  const record = await DeploymentRecord.begin(begin, plan(create), {
    ...parts,
    log: (_level, message) => told.push(message),
  });
  await record.healthy([], facts);
  expect(told).toEqual(["could not record the operations"]);
  expect(history.rows[0]?.status).toBe("healthy");
});
