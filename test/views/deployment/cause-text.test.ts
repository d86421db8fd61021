import { expect, test } from "bun:test";
import { causeText } from "../../../views/deployment/cause-text.ts";

test("the trigger stands before a cause that does not say it already", () => {
  expect(causeText({ trigger: "drift", cause: "memory limit of web differs" })).toBe(
    "drift: memory limit of web differs",
  );
  expect(causeText({ trigger: "deploy", cause: "asked for by an operator" })).toBe("by hand: asked for by an operator");
  expect(causeText({ trigger: "commit", cause: "new commit on main" })).toBe("new commit on main");
  expect(causeText({ trigger: "rollback", cause: "went back from 41d07e3" })).toBe("went back from 41d07e3");
  expect(causeText({ trigger: "settings", cause: "Settings or variables changed" })).toBe(
    "Settings or variables changed",
  );
});

test("without a cause the trigger speaks", () => {
  expect(causeText({ trigger: "rollback", cause: "" })).toBe("way back");
});
