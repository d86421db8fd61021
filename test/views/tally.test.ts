import { expect, test } from "bun:test";
import { tally } from "../../views/tally.tsx";
import { sampleDeployment } from "./sample.ts";

test("one stroke a deployment, the newest right, the colour of its outcome", () => {
  const html = tally([
    sampleDeployment("4", { status: "applying" }),
    sampleDeployment("3", { trigger: "rollback" }),
    sampleDeployment("2", { status: "failed" }),
    sampleDeployment("1"),
  ]).toString();
  expect([...html.matchAll(/<path class="([^"]+)" d="M(\d+)/g)].map((match) => [match[1], Number(match[2])])).toEqual([
    ["good", 3],
    ["bad", 8],
    ["back", 13],
    ["busy", 18],
  ]);
});

test("every fifth crosses its group, no more than twenty are drawn", () => {
  const html = tally(Array.from({ length: 30 }, (_, index) => sampleDeployment(String(index)))).toString();
  expect(html.match(/<path/g)).toHaveLength(20);
  expect(html.match(/d="M\d+ 15 L\d+ 5"/g)).toHaveLength(4);
});

test("readers hear the count of each outcome", () => {
  const html = tally([sampleDeployment("2", { status: "failed" }), sampleDeployment("1")]).toString();
  expect(html).toContain(`aria-label="last 2 deployments, newest right: 1 healthy, 1 failed"`);
});

test("without any it says so", () => {
  expect(tally([]).toString()).toContain("none yet");
});
