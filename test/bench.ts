import { existsSync } from "node:fs";
import { loadavg } from "node:os";
import { resolve } from "node:path";
import { benchCompose } from "./bench/compose.ts";
import { RUNS } from "./bench/figures.ts";
import { benchIdle } from "./bench/idle.ts";
import { benchPages } from "./bench/pages.ts";
import { benchStart } from "./bench/start.ts";
import { benchWayBack } from "./bench/way-back.ts";
import { startPrivateEngine, type TestEngine } from "./support/engine.ts";

// Figures of the compiled file on this machine, each beside something measured the same way at the same time. A missed goal is only
// shown; what could not be measured ends the bench with 1. Words: `start`, `compose`, `back`, `idle`, `pages` measure those
// alone.

const binary = resolve(import.meta.dir, "../dist/tallyman");
const wanted = process.argv.slice(2);
let failed = false;

async function part(name: string, work: () => Promise<void>): Promise<void> {
  if (wanted.length > 0 && !wanted.includes(name)) return;
  try {
    await work();
  } catch (thrown) {
    failed = true;
    console.log(`${name}: NOT MEASURED: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

/** An Engine of its own, which the part's containers share with nobody. */
async function withEngine(work: (engine: TestEngine) => Promise<void>): Promise<void> {
  const { engine, stop } = await startPrivateEngine();
  try {
    await work(engine);
  } finally {
    await stop();
  }
}

if (!existsSync(binary)) throw new Error("dist/tallyman is missing: run `bun run build` first");
process.env["TALLYMAN_TEST_BINARY"] = binary;
const size = (Bun.file(binary).size / 2 ** 20).toFixed(1);
const load = loadavg()[0]?.toFixed(1);
console.log(`dist/tallyman ${size} MiB, Bun ${Bun.version}, medians of ${RUNS}, load ${load} at the start\n`);
await part("start", () => benchStart(binary));
await part("compose", () => withEngine((engine) => benchCompose(engine, binary)));
await part("back", () => withEngine(benchWayBack));
await part("idle", () => withEngine(benchIdle));
await part("pages", () => withEngine(benchPages));
process.exit(failed ? 1 : 0);
