import { expect, test } from "bun:test";
import { cpSync, rmSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "../../src/store/store.ts";
import { STACK } from "../store/samples.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/waiting.ts";

// Copies of the state directory as a snapshot of the file system takes them: of one moment, in the middle of writes, without a sync.

const COPIES = 8;
/** Of a snapshot that lost what was not on the disk yet. */
const TORN_BYTES = [0, 24, 1_000, 4_096];

/** A process that writes one event after the other, and the newest that it said was done. */
async function busyWriter(root: string) {
  const child = Bun.spawn([process.execPath, join(import.meta.dirname, "../store/writer.ts"), root, "1"], {
    stdout: "pipe",
  });
  let text = "";
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) text = (text + decoder.decode(chunk, { stream: true })).slice(-1_000);
  })();
  return {
    done: () => Number(/done (\d+)\n(?!.*done \d+\n)/s.exec(text)?.[1] ?? 0),
    still: (work: () => void) => {
      child.kill("SIGSTOP");
      work();
      child.kill("SIGCONT");
    },
    async kill() {
      child.kill("SIGKILL");
      await child.exited;
      await reading;
    },
  };
}

test(`${COPIES} copies taken while it writes open, and lose at most the last event`, async () => {
  using directory = temporaryDirectory("state");
  using copies = temporaryDirectory("copies");
  const made = await openStore({ root: directory.path });
  await made.stacks.add(STACK);
  await made.close();
  const writer = await busyWriter(directory.path);
  const lost: number[] = [];
  for (let copy = 0; copy < COPIES; copy += 1) {
    const root = join(copies.path, String(copy));
    const done = writer.done() + 5;
    await until(`event ${done} is written`, () => writer.done() >= done, 60_000, 5);
    const acknowledged = writer.done();
    writer.still(() => cpSync(directory.path, root, { recursive: true, filter: (path) => !path.endsWith(".sock") }));
    const journal = join(root, "system/tallyman.db-wal");
    const torn = TORN_BYTES[copy % TORN_BYTES.length] ?? 0;
    truncateSync(journal, Math.max(0, statSync(journal).size - torn));
    lost.push(acknowledged - (await newestIn(root)));
    rmSync(root, { recursive: true });
  }
  await writer.kill();
  console.log(
    `figure: copies of a busy state directory ${COPIES}, opened ${lost.length}, lost events ${Math.max(...lost)}`,
  );
  expect(Math.max(...lost)).toBeLessThanOrEqual(1);
}, 180_000);

/** The newest event of a copy that opens and holds together. */
async function newestIn(root: string): Promise<number> {
  const store = await openStore({ root });
  try {
    const history = await store.history.list(STACK.name, 100_000);
    expect(history.filter(({ status }) => status !== "healthy").length).toBeLessThanOrEqual(1);
    for (const { deploymentId } of await store.history.releases(STACK.name, 3))
      expect(await store.history.releasedProject(deploymentId)).not.toBeNull();
    return Number(await store.settings.get("last"));
  } finally {
    await store.close();
  }
}
