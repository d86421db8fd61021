import { expect, test } from "bun:test";
import { commitLine, commitWords } from "../../../views/stack/commit-line.tsx";
import { before, NOW, RUNS, sampleDeployment, sampleSummary, WANTED } from "../sample.ts";

test("the release knows what its commit is called, also when it needed no deployment", () => {
  expect(commitWords(RUNS, sampleSummary("shop").release, [])?.message).toBe("Raise worker memory to 512 MiB");
});

test("otherwise the history knows, or nobody", () => {
  expect(commitWords(WANTED, null, [sampleDeployment("1", { commit: WANTED, message: "m" })])?.message).toBe("m");
  expect(commitWords(WANTED, null, [])).toBeNull();
});

test("a line tells id, message, author and age", () => {
  const html = commitLine(NOW, { commit: RUNS, message: "m", author: "mara", at: before(7_200) }).toString();
  for (const part of ["9c1f2ab", ">m<", "mara, ", "2 h"]) expect(html).toContain(part);
});
