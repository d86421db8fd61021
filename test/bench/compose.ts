import { deepStrictEqual } from "node:assert";
import type { TestEngine } from "../support/engine.ts";
import { containersOf, removeProject } from "../support/engine-api.ts";
import { busyboxImage } from "../support/images.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { tenServices, thirtyServices, threeLevels } from "./compose-files.ts";
import { median, RUNS, showRow, verdict } from "./figures.ts";
import { type Side, sidesIn } from "./sides.ts";
import type { Taken } from "./timed.ts";

interface Goals {
  readonly wall: number;
  readonly cpu?: number;
}

/** Tallyman's stand-alone Compose commands beside Docker Compose: one Engine, one image, a project each, run in turns. */
export async function benchCompose(engine: TestEngine, binary: string): Promise<void> {
  using directory = temporaryDirectory("bench");
  await busyboxImage(engine);
  const { sides, version } = await sidesIn(directory.path, binary, engine.dockerHost);
  showHead(engine, version);
  try {
    await benchConfig(sides);
    await benchUnchanged(sides, tenServices(), "up, nothing to do, 10 services", { wall: 0.15, cpu: 0.5 });
    await benchUpdate(engine, sides);
    await clear(engine, sides);
    await benchColdAndDown(engine, sides);
    await benchUnchanged(sides, threeLevels(), "the same, 3 levels that wait for health", { wall: 0.15, cpu: 0.5 });
  } finally {
    await clear(engine, sides);
  }
}

function showHead(engine: TestEngine, version: string | null): void {
  const theirs =
    version === null
      ? "No ratios: there is no Docker Compose plugin here (TALLYMAN_TEST_COMPOSE names one)."
      : `ours / Docker Compose ${version}, its plugin called by itself, in turns.`;
  console.log(`\nCompose on Engine ${engine.version}. ${theirs}`);
}

async function benchConfig(sides: readonly Side[]): Promise<void> {
  for (const side of sides) side.write(thirtyServices());
  const models = await Promise.all(sides.map(async (side) => modelOf(side)));
  if (models.length === 2) deepStrictEqual(models[0], models[1], "the two models differ");
  await inTurns(sides, (side) => side.run("config"));
  show("config of 30 services", await inTurns(sides, (side) => side.run("config")));
  showPeak("  of it, the most memory", await inTurns(sides, (side) => side.peakMiB("config")));
}

/** The resolved model, without what tells the two projects apart. */
async function modelOf(side: Side): Promise<unknown> {
  const text = await side.output("config", "--format", "json");
  return JSON.parse(text.replaceAll(side.projectName, "project").replaceAll(`/${side.name}/`, "/folder/"));
}

async function benchUnchanged(sides: readonly Side[], file: string, name: string, goals: Goals): Promise<void> {
  for (const side of sides) {
    side.write(file);
    await side.run(...side.up);
  }
  show(name, await inTurns(sides, (side) => side.run(...side.up)), goals);
  showPeak("  of it, the most memory", await inTurns(sides, (side) => side.peakMiB(...side.up)));
}

async function benchUpdate(engine: TestEngine, sides: readonly Side[]): Promise<void> {
  const gaps = new Map<Side, number[]>(sides.map((side) => [side, []]));
  const taken = await inTurns(sides, async (side, run) => {
    side.write(tenServices(`2.${run}`));
    const began = Date.now() / 1_000;
    const up = await side.run(...side.up);
    gaps.get(side)?.push(await gapSince(engine, side.projectName, began));
    return up;
  });
  show("up, one of 10 services changed", taken, { wall: 0.7 });
  const [ours = [], theirs] = [...gaps.values()];
  showRow("  of it, the changed service not running", `wall ms ${beside(median(ours), theirs && median(theirs))}`);
}

/** Milliseconds from the end of the project's one container that ended to the start of the one that started. */
async function gapSince(engine: TestEngine, projectName: string, beganSeconds: number): Promise<number> {
  const filters = JSON.stringify({ label: [`com.docker.compose.project=${projectName}`], event: ["die", "start"] });
  const query = new URLSearchParams({
    since: beganSeconds.toFixed(3),
    until: (Date.now() / 1_000).toFixed(3),
    filters,
  });
  const answer = await fetch(`http://engine/events?${query}`, { unix: engine.socketPath });
  const lines = (await answer.text()).trim().split("\n");
  const events = lines.map((line) => JSON.parse(line) as { readonly Action: string; readonly timeNano: number });
  const at = (action: string): number => events.find((event) => event.Action === action)?.timeNano ?? Number.NaN;
  return (at("start") - at("die")) / 1e6;
}

async function benchColdAndDown(engine: TestEngine, sides: readonly Side[]): Promise<void> {
  const downs = new Map<Side, Taken[]>(sides.map((side) => [side, []]));
  for (const side of sides) side.write(threeLevels());
  const ups = await inTurns(sides, async (side) => {
    const up = await side.run(...side.up);
    const running = (await containersOf(engine, side.projectName)).filter(({ State }) => State === "running");
    if (running.length !== 10) throw new Error(`${side.name}: ${running.length} of 10 containers run`);
    downs.get(side)?.push(await side.run("down"));
    if ((await containersOf(engine, side.projectName)).length > 0) throw new Error(`${side.name}: down left something`);
    return up;
  });
  show("up from nothing, 10 services in 3 levels", ups, { wall: 0.7 });
  show("down of them", downs, { wall: 0.8 });
}

/** Five runs of each side, the first place changing every time. */
async function inTurns<Figure>(
  sides: readonly Side[],
  work: (side: Side, run: number) => Promise<Figure>,
): Promise<ReadonlyMap<Side, readonly Figure[]>> {
  const taken = new Map<Side, Figure[]>(sides.map((side) => [side, []]));
  for (let run = 0; run < RUNS; run += 1) {
    for (const side of run % 2 === 0 ? sides : [...sides].reverse()) taken.get(side)?.push(await work(side, run));
  }
  return taken;
}

function show(name: string, taken: ReadonlyMap<Side, readonly Taken[]>, goals?: Goals): void {
  const [ours = [], theirs] = [...taken.values()];
  const compared = (part: keyof Taken, goal?: number): string => {
    const of = (side: readonly Taken[]): number => median(side.map((one) => one[part]));
    return beside(of(ours), theirs && of(theirs), goal);
  };
  const wall = `wall ms ${compared("wallMs", goals?.wall)}`;
  showRow(name, `${wall}  CPU ms ${compared("cpuMs", goals?.cpu)}`);
}

function showPeak(name: string, figures: ReadonlyMap<Side, readonly number[]>): void {
  const [ours = [], theirs] = [...figures.values()];
  showRow(name, `peak MiB ${beside(median(ours), theirs && median(theirs))}`);
}

/** `ours/theirs = ratio (goal …)`, or ours alone. */
function beside(ours: number, theirs: number | undefined, goal?: number): string {
  if (theirs === undefined) return ours.toFixed(0);
  const wanted = goal === undefined ? "" : ` (goal ${goal}: ${verdict(ours / theirs, goal)})`;
  return `${ours.toFixed(0)}/${theirs.toFixed(0)} = ${(ours / theirs).toFixed(2)}${wanted}`;
}

async function clear(engine: TestEngine, sides: readonly Side[]): Promise<void> {
  for (const { projectName } of sides) await removeProject(engine, projectName);
}
