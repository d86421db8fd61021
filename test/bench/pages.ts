import { join } from "node:path";
import { STACK_DEFAULTS } from "../../src/stack.ts";
import { openStore } from "../../src/store/store.ts";
import { rawDatabase } from "../store/raw-database.ts";
import { startDaemon } from "../support/daemon.ts";
import type { TestEngine } from "../support/engine.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { median, RUNS, showRow, verdict } from "./figures.ts";

const GOAL_MS = 200;
const ROWS = 100_000;
const STACKS = 20;
const NAME = "busy";

const PAGES = [
  "/",
  "/events",
  "/host",
  `/stacks/${NAME}`,
  `/stacks/${NAME}/settings`,
  `/stacks/${NAME}/rollback`,
  `/stacks/${NAME}/variables`,
  `/stacks/${NAME}/logs`,
  `/stacks/${NAME}/remove`,
  `/deployments/${ROWS}`,
  "/deployments/5",
  "/api/v1/stacks",
  `/api/v1/stacks/${NAME}`,
  `/api/v1/stacks/${NAME}/deployments?limit=500`,
  `/api/v1/stacks/${NAME}/releases`,
  "/api/v1/events?limit=1000",
];

/** How long each page and list takes over a history that no retention has cut. */
export async function benchPages(engine: TestEngine): Promise<void> {
  using directory = temporaryDirectory("bench");
  const root = join(directory.path, "root");
  await fill(root);
  const daemon = await startDaemon({ engine, root });
  try {
    const slowest: number[] = [];
    for (const path of PAGES) {
      const took: number[] = [];
      for (let run = 0; run < RUNS + 1; run += 1) took.push(await timeOf(root, path));
      // The first one also loads what the page needs.
      const figure = median(took.slice(1));
      slowest.push(figure);
      showRow(`  ${path.replace(/\?.*/, "")}`, `${figure.toFixed(1).padStart(6)} ms, first ${took[0]?.toFixed(0)}`);
    }
    const worst = Math.max(...slowest);
    const name = `pages over ${ROWS / 1_000} k deployments: the slowest`;
    showRow(name, `${worst.toFixed(1).padStart(6)} ms (goal ${GOAL_MS}: ${verdict(worst, GOAL_MS)})`);
  } finally {
    await daemon.stop();
  }
}

async function timeOf(root: string, path: string): Promise<number> {
  const began = performance.now();
  const answer = await fetch(`http://daemon${path}`, { unix: `${root}/system/tallyman.sock` });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return performance.now() - began;
}

/** Twenty stacks, of which one has nearly all of the rows; every tenth attempt failed, with the log that explains it. */
async function fill(root: string): Promise<void> {
  const store = await openStore({ root });
  for (let number = 0; number < STACKS; number += 1)
    await store.stacks.add({
      ...STACK_DEFAULTS,
      name: number === 0 ? NAME : `stack-${number}`,
      project: number === 0 ? NAME : `stack-${number}`,
      repository: "https://127.0.0.1:1/nobody.git",
      ref: "main",
      path: "",
      files: [],
      envFiles: [],
      profiles: [],
      intervalMs: 3_600_000,
      credential: "none",
      createdAt: "2026-01-01T00:00:00Z",
    });
  await store.close();
  const database = await rawDatabase(root);
  for (let row = 0; row < ROWS; row += 5_000)
    await database.write({ sql: INSERT, values: [row, row + 5_000, OPERATIONS, VERDICTS] });
  await database.close();
}

const OPERATIONS = JSON.stringify(
  Array.from({ length: 12 }, (_, index) => ({
    kind: "create-container",
    resource: `service:web:${index}`,
    cause: "image changed 1.26 → 1.27",
    status: "done",
    startedMs: index * 100,
    durationMs: 90,
  })),
);

const VERDICTS = JSON.stringify([
  {
    service: "web",
    verdict: "unhealthy",
    summary: "exited with code 1 after 4 s",
    evidence: { exitCodes: [1], healthLog: [], logTail: Array.from({ length: 100 }, () => "x".repeat(80)) },
  },
]);

const INSERT = `WITH RECURSIVE number(n) AS (SELECT ? UNION ALL SELECT n + 1 FROM number WHERE n + 1 < ?)
  INSERT INTO deployment (stack_id, commit_id, message, author, committed_at, trigger, cause, settings_digest, status, class,
    reason, hint, started_at, finished_at, duration_ms, operations, verdicts, image_digests)
  SELECT CASE WHEN n % 10000 < ${STACKS - 1} THEN n % 10000 + 2 ELSE 1 END, printf('%040x', n), 'Change ' || n, 'Ada',
    '2026-11-21T08:00:00Z', 'commit', 'new commit on main', 's', CASE n % 10 WHEN 0 THEN 'failed' ELSE 'healthy' END,
    CASE n % 10 WHEN 0 THEN 'unhealthy' END, CASE n % 10 WHEN 0 THEN 'web: exited with code 1' END,
    CASE n % 10 WHEN 0 THEN 'Look at its log.' END, '2026-11-21T08:00:00Z', '2026-11-21T08:01:00Z', 60000, ?,
    CASE n % 10 WHEN 0 THEN ? ELSE '[]' END, '{"web:1":"sha256:1"}' FROM number`;
