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
    await benchUpdate(sides);
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
}

async function benchUpdate(sides: readonly Side[]): Promise<void> {
  const taken = await inTurns(sides, (side, run) => {
    side.write(tenServices(`2.${run}`));
    return side.run(...side.up);
  });
  show("up, one of 10 services changed", taken, { wall: 0.7 });
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
async function inTurns(
  sides: readonly Side[],
  work: (side: Side, run: number) => Promise<Taken>,
): Promise<ReadonlyMap<Side, readonly Taken[]>> {
  const taken = new Map<Side, Taken[]>(sides.map((side) => [side, []]));
  for (let run = 0; run < RUNS; run += 1) {
    for (const side of run % 2 === 0 ? sides : [...sides].reverse()) taken.get(side)?.push(await work(side, run));
  }
  return taken;
}

function show(name: string, taken: ReadonlyMap<Side, readonly Taken[]>, goals?: Goals): void {
  const [ours = [], theirs] = [...taken.values()];
  const compared = (part: keyof Taken, goal?: number): string => {
    const figure = median(ours.map((one) => one[part]));
    if (!theirs) return figure.toFixed(0);
    const other = median(theirs.map((one) => one[part]));
    const ratio = figure / other;
    const wanted = goal === undefined ? "" : ` (goal ${goal}: ${verdict(ratio, goal)})`;
    return `${figure.toFixed(0)}/${other.toFixed(0)} = ${ratio.toFixed(2)}${wanted}`;
  };
  const wall = `wall ms ${compared("wallMs", goals?.wall)}`;
  showRow(name, `${wall}  CPU ms ${compared("cpuMs", goals?.cpu)}  peak MiB ${compared("peakMiB")}`);
}

async function clear(engine: TestEngine, sides: readonly Side[]): Promise<void> {
  for (const { projectName } of sides) await removeProject(engine, projectName);
}
