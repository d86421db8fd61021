import { expect, test } from "bun:test";
import { errorPage } from "../../views/error-page.tsx";
import { CONTEXT } from "./sample.ts";

const error = {
  reason: "NotFound",
  message: 'there is no stack named "x"',
  hint: "`tallyman stack list` shows all of them",
};

test("an error says what happened, what to do, its reason and status", () => {
  const html = errorPage(CONTEXT, error, 404).toString();
  expect(html).toContain("There is no stack named");
  expect(html).toContain("<code>tallyman stack list</code> shows all of them.");
  expect(html).toContain("404 · NotFound");
});

test("whoever is not logged in sees no navigation", () => {
  expect(errorPage({ ...CONTEXT, userName: null }, error, 404).toString()).not.toContain("<nav");
});
