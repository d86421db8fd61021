import { expect, test } from "bun:test";
import { accessFields, fileFields, rolloutFields } from "../../../views/stack/stack-fields.tsx";
import { EMPTY_STACK_FORM } from "../../../views/stack/stack-view.ts";

test("what was chosen stays chosen", () => {
  const form = {
    ...EMPTY_STACK_FORM,
    drift: "report",
    onFailure: "pause",
    prune: "no",
    files: "a.yaml\nb.yaml",
  } as const;
  const html = [rolloutFields(form), fileFields(form)].join("");
  for (const value of ["report", "pause", "no"]) expect(html).toContain(`<option value="${value}" selected>`);
  expect(html).toContain("a.yaml\nb.yaml");
});

test("access is folded away until it was used", () => {
  expect(accessFields(EMPTY_STACK_FORM, "as is").toString()).toContain(`<details class="more">`);
  expect(accessFields({ ...EMPTY_STACK_FORM, credential: "ssh-key" }, "as is").toString()).toContain("open");
});
