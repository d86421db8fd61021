import { expect, test } from "bun:test";
import { adoptPage } from "../../../views/stack/adopt-page.tsx";
import { EMPTY_STACK_FORM } from "../../../views/stack/stack-view.ts";
import { CONTEXT } from "../sample.ts";

test("it says that nothing is touched yet and keeps what was typed", () => {
  const form = { ...EMPTY_STACK_FORM, project: "shop", repository: "https://forge.example/x" };
  const html = adoptPage(CONTEXT, { form, error: null, inPlace: true }).toString();
  expect(html).toContain("Nothing is touched yet");
  for (const value of [`value="shop"`, `value="https://forge.example/x"`, `<option value="yes" selected>`])
    expect(html).toContain(value);
});
