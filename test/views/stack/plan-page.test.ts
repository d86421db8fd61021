import { expect, test } from "bun:test";
import { planPage } from "../../../views/stack/plan-page.tsx";
import { CONTEXT, RUNS, sampleStack, sampleStatus } from "../sample.ts";
import { applying } from "../sample-states.ts";

const operation = { kind: "create-container", resource: "service:web:1", cause: "service added", after: [] };
const report = { project: "shop", revision: RUNS, empty: false, operations: [operation], violations: [] };
const violation = {
  field: "services.web.privileged",
  file: "compose.yaml",
  line: 3,
  rule: "It owns the host.",
  allow: "policy set",
};
const base = { stack: sampleStack("shop"), status: sampleStatus("shop"), latest: null };
const page = (view: Parameters<typeof planPage>[1]) => planPage(CONTEXT, view).toString();

test("a plan shows its lines, what stays as it is, and one button", () => {
  const html = page({ ...base, plan: { ok: true, report } });
  for (const part of ["service web 1", "service added", ">api<", "no change", "Deploy now"])
    expect(html).toContain(part);
});

test("an empty plan says that nothing is to do, and offers nothing", () => {
  const html = page({ ...base, plan: { ok: true, report: { ...report, empty: true, operations: [] } } });
  expect(html).toContain("Nothing to do");
  expect(html).not.toContain("Deploy now");
});

test("what is not allowed names field, file, line and switch, and is not offered", () => {
  const html = page({ ...base, plan: { ok: true, report: { ...report, violations: [violation] } } });
  for (const part of ["services.web.privileged", "compose.yaml:3", "policy set", "Plan again"])
    expect(html).toContain(part);
  expect(html).not.toContain("Deploy now");
});

test("for a stack that never ran it is step 3", () => {
  const html = page({ ...base, status: sampleStatus("shop", { commit: null }), plan: { ok: true, report } });
  expect(html).toContain("First plan");
  expect(html).toContain(`aria-current="step"`);
});

test("a deployment under way is one click away", () => {
  expect(page({ ...base, latest: applying, plan: { ok: true, report } })).toContain(`href="/deployments/119"`);
});
