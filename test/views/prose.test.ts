import { expect, test } from "bun:test";
import { phrase, prose, sentence } from "../../views/prose.tsx";
import { RUNS } from "./sample.ts";

test("commands in backticks become code, their content stays text", () => {
  expect(prose("Run `tallyman <x>`").toString()).toBe("Run <code>tallyman &lt;x&gt;</code>.");
});

test("only commits that are known become chips", () => {
  expect(phrase("9c1f2ab runs, deadbee does not", [RUNS, null]).toString()).toBe(
    `<code class="sha" title="${RUNS}">9c1f2ab</code> runs, deadbee does not`,
  );
});

test("a sentence ends with one stop", () => {
  expect(["is gone", "is gone.", "gone? ", ""].map(sentence)).toEqual(["is gone.", "is gone.", "gone?", ""]);
});
