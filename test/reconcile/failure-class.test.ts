import { expect, test } from "bun:test";
import { failureClass } from "../../src/reconcile/failure-class.ts";

test("what a repository got wrong is rejected before anything is touched", () => {
  expect(failureClass("ComposeInvalid", "preparing")).toBe("rejected");
});

test("the same refusal in the middle of the change counts as unhealthy, because going back helps", () => {
  expect(failureClass("EngineRefused", "preparing")).toBe("rejected");
  expect(failureClass("EngineRefused", "applying")).toBe("unhealthy");
});

test("what may heal by itself is transient in every phase", () => {
  for (const phase of ["preparing", "applying"] as const)
    expect(failureClass("EngineUnreachable", phase)).toBe("transient");
});

test("credentials are denied, not transient", () => {
  expect([failureClass("GitAuthentication", "preparing"), failureClass("RegistryDenied", "preparing")]).toEqual([
    "denied",
    "denied",
  ]);
});
