import { expect, test } from "bun:test";
import { failureAction } from "../../src/reconcile/failure-action.ts";
import { sampleStack } from "../support/flow.ts";
import { sampleProject } from "../support/sample-project.ts";

const declared = (action: string) =>
  sampleProject({ web: { deploy: { update_config: { failure_action: action } } }, db: {} });

test("without a word about it a failed release is gone back from", () => {
  expect(failureAction(sampleStack, sampleProject({ web: {} }), "web")).toBe("rollback");
  expect(failureAction(sampleStack, null, null)).toBe("rollback");
});

test("the service that broke the release may say otherwise, another one may not", () => {
  expect(failureAction(sampleStack, declared("pause"), "web")).toBe("pause");
  expect(failureAction(sampleStack, declared("continue"), "web")).toBe("continue");
  expect(failureAction(sampleStack, declared("pause"), "db")).toBe("rollback");
});

test("the stack's own setting wins", () => {
  expect(failureAction({ ...sampleStack, onFailure: "rollback" }, declared("continue"), "web")).toBe("rollback");
});
