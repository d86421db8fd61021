import { expect, test } from "bun:test";
import { csrfField, field, postButton, textArea } from "../../views/form.tsx";
import { CONTEXT } from "./sample.ts";

test("a button is a form with the token and its fields", () => {
  expect(postButton(CONTEXT, { action: "/x", label: "Do it", kind: "bad", fields: { host: 'a"b' } }).toString()).toBe(
    `<form method="post" action="/x" class="one"><input type="hidden" name="csrf" value="token-of-the-form"/><input type="hidden" name="host" value="a&#34;b"/><button class="btn bad" type="submit">Do it</button></form>`,
  );
  expect(csrfField("t").toString()).toContain(`value="t"`);
});

test("a field is tied to its label and its hint", () => {
  const html = field({ name: "ref", label: "Branch", hint: "Empty: the default." }).toString();
  expect(html).toContain(`<label for="ref">Branch</label>`);
  expect(html).toContain(`aria-describedby="ref-hint"`);
});

test("a text area keeps what was typed", () => {
  expect(textArea({ name: "files", label: "Files", value: "a\n</textarea>", hint: "", rows: 2 }).toString()).toContain(
    "a\n&lt;/textarea&gt;</textarea>",
  );
});
