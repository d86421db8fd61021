import { expect, test } from "bun:test";
import { logsPage } from "../../../views/log/logs-page.tsx";
import { before, CONTEXT, sampleStack } from "../sample.ts";

const stack = sampleStack("shop");
const lines = [{ at: before(1), stream: "stderr", serviceName: "api", text: "boom" }] as const;
const page = (serviceName: string | null, serviceNames: readonly string[]) =>
  logsPage(CONTEXT, { stack, serviceName, serviceNames, lines, tail: 100 }).toString();

test("with several services each line says whose it is", () => {
  expect(page(null, ["api", "db"])).toContain(`<span class="svc">api </span>`);
  expect(page("api", ["api", "db"])).not.toContain(`class="svc"`);
});

test("the chosen service is marked among the others", () => {
  expect(page("api", ["api", "db"])).toContain(`<a href="/stacks/shop/logs?service=api" aria-current="page">`);
});

test("nothing written is told apart from nothing running", () => {
  const empty = (serviceNames: readonly string[]) =>
    logsPage(CONTEXT, { stack, serviceName: null, serviceNames, lines: [], tail: 9 });
  expect(empty([]).toString()).toContain("Nothing runs yet");
  expect(empty(["api"]).toString()).toContain("have written nothing");
});
