import { expect, test } from "bun:test";
import { steps } from "../../../views/stack/steps.tsx";

test("the current step is marked for readers, those before it are done", () => {
  const html = steps(2).toString();
  expect(html).toContain(`<li class="done"><span class="num" aria-hidden="true">1</span>`);
  expect(html).toContain(`<li aria-current="step"><span class="num" aria-hidden="true">2</span>`);
});
