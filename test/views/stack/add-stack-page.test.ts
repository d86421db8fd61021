import { expect, test } from "bun:test";
import { addStackPage } from "../../../views/stack/add-stack-page.tsx";
import { EMPTY_STACK_FORM } from "../../../views/stack/stack-view.ts";
import { CONTEXT } from "../sample.ts";

const error = { reason: "InvalidInput", message: "name: is taken", hint: "Choose another." };

test("after an error everything typed is there again, but the secret", () => {
  const form = {
    ...EMPTY_STACK_FORM,
    name: "shop",
    repository: "https://a.example/x",
    files: "a.yaml\nb.yaml",
    credential: "https-token",
  } as const;
  const html = addStackPage(CONTEXT, { form, error }).toString();
  for (const part of [`value="shop"`, `value="https://a.example/x"`, "a.yaml\nb.yaml", `value="https-token" selected`])
    expect(html).toContain(part);
  expect(html).toMatch(/<textarea[^>]*name="secret"[^>]*><\/textarea>/);
});

test("folded parts are open when something is in them", () => {
  const opened = (form: Partial<typeof EMPTY_STACK_FORM>) =>
    addStackPage(CONTEXT, { form: { ...EMPTY_STACK_FORM, ...form }, error: null })
      .toString()
      .match(/<details class="more" open/g) ?? [];
  expect(opened({})).toHaveLength(0);
  expect(opened({ profiles: "debug" })).toHaveLength(1);
  expect(opened({ credential: "ssh-key" })).toHaveLength(1);
});
