import { expect, test } from "bun:test";
import { lastExitsOf, withEvidence } from "../../src/reconcile/verdict-evidence.ts";
import { JumpingClock } from "../support/flow.ts";
import { MemoryEngine } from "../support/memory-engine.ts";
import { runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

const project = sampleProject({ web: {}, db: {} });
const web = runningContainer(project, "web", 1, { restartCount: 1 });
const db = runningContainer(project, "db");
const { signal } = new AbortController();

function engineWith(...codes: readonly number[]): MemoryEngine {
  const clock = new JumpingClock();
  const engine = new MemoryEngine(() => clock.now());
  engine.containers = [web, db];
  engine.exitCodes = async () => codes;
  return engine;
}

test("what restarted and runs again tells the code with which it ended last; what never ended tells none", async () => {
  expect([...(await lastExitsOf([web, db], engineWith(1, 7), signal))]).toEqual([[web.id, 7]]);
  expect([...(await lastExitsOf([web, db], engineWith(), signal))]).toEqual([]);
});

test("log lines are kept of what failed, exit codes of all", async () => {
  const judgements = [
    { serviceName: "web", verdict: "unhealthy", summary: "restarted", containerId: web.id },
    { serviceName: "db", verdict: "healthy", summary: "ran", containerId: db.id },
  ] as const;
  const found = await withEvidence(judgements, [web, db], new Map([[web.id, 7]]), engineWith(), signal);
  expect(found.map(({ service, evidence }) => [service, evidence.exitCodes, evidence.logTail.length > 0])).toEqual([
    ["web", [7], true],
    ["db", [], false],
  ]);
});
