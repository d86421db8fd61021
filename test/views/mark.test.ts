import { expect, test } from "bun:test";
import { mark } from "../../views/mark.tsx";

test("the mark is four strokes and one across, and no picture for readers", () => {
  const html = mark().toString();
  expect(html.match(/M\d+ 2v14/g)).toHaveLength(4);
  expect(html.match(/class="slash"/g)).toHaveLength(1);
  expect(html).toContain(`aria-hidden="true"`);
});
