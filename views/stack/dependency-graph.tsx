import type { ServiceStatus } from "../../src/stack.ts";
import { h, type Markup } from "../h.ts";
import { serviceLook } from "../state.tsx";
import { type Dependencies, graphLayers } from "./graph-layers.ts";
import type { StackView } from "./stack-view.ts";

const BOX = { width: 128, height: 40 };
const GAP = { x: 16, y: 34 };
const MOST_ACROSS = 4;
/** The drawing grows with the reader's text. */
const REM = 16;

interface Box {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

/** Which service waits for which, drawn top down. Empty (and not shown) while no project is known or nothing waits. */
export function dependencyGraph({ dependencies, status }: Pick<StackView, "dependencies" | "status">): Markup {
  if (!dependencies || Object.values(dependencies).every((names) => names.length === 0))
    return <div id="stack-graph" class="slot" />;
  return (
    <section id="stack-graph" class="sheet" aria-labelledby="graph-title">
      <header>
        <h2 id="graph-title">Who waits for whom</h2>
      </header>
      <div class="pad scroll">{drawing(dependencies, status.services)}</div>
    </section>
  );
}

function drawing(dependencies: Dependencies, services: readonly ServiceStatus[]): Markup {
  const rows = graphLayers(dependencies).flatMap(brokenRows);
  const width = Math.max(...rows.map(rowWidth)) + 2;
  const boxes = rows.flatMap((row, line) => placed(row, line, width));
  const height = rows.length * (BOX.height + GAP.y) - GAP.y + 2;
  return (
    <svg
      class="graph"
      width={`${width / REM}rem`}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={told(dependencies)}
    >
      {edges(dependencies, boxes)}
      {boxes.map((box) => boxMark(box, services))}
    </svg>
  );
}

/** A layer with many services goes over several lines. */
function brokenRows(layer: readonly string[]): string[][] {
  const lines = Math.ceil(layer.length / MOST_ACROSS);
  const each = Math.ceil(layer.length / lines);
  return Array.from({ length: lines }, (_, line) => layer.slice(line * each, (line + 1) * each));
}

function rowWidth(row: readonly string[]): number {
  return row.length * (BOX.width + GAP.x) - GAP.x;
}

function placed(row: readonly string[], line: number, width: number): readonly Box[] {
  const left = (width - rowWidth(row)) / 2;
  return row.map((name, place) => ({
    name,
    x: left + place * (BOX.width + GAP.x),
    y: 1 + line * (BOX.height + GAP.y),
  }));
}

function edges(dependencies: Dependencies, boxes: readonly Box[]): readonly Markup[] {
  const at = new Map(boxes.map((box) => [box.name, box]));
  return Object.entries(dependencies).flatMap(([name, awaited]) =>
    awaited.flatMap((other) => {
      const from = at.get(name);
      const to = at.get(other);
      return from && to ? [<path class="edge" d={curve(from, to)} />] : [];
    }),
  );
}

function curve(from: Box, to: Box): string {
  const [x1, y1, x2, y2] = [from.x + BOX.width / 2, from.y + BOX.height, to.x + BOX.width / 2, to.y];
  const bend = Math.max(12, (y2 - y1) / 2);
  return `M${x1} ${y1} C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
}

function boxMark({ name, x, y }: Box, services: readonly ServiceStatus[]): Markup {
  const service = services.find((one) => one.name === name);
  const look = service ? serviceLook(service.state, service.health) : serviceLook("not there", "none");
  return (
    <g>
      <title>{`${name}: ${look.word}`}</title>
      <rect x={x} y={y} width={BOX.width} height={BOX.height} rx="7" />
      <circle class={look.tone} cx={x + 14} cy={y + 20} r="4" />
      <text x={x + 26} y={y + 17}>
        {shortened(name, 13)}
      </text>
      <text class="sub" x={x + 26} y={y + 31}>
        {shortened(look.word, 16)}
      </text>
    </g>
  );
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function told(dependencies: Dependencies): string {
  return Object.entries(dependencies)
    .filter(([, awaited]) => awaited.length > 0)
    .map(([name, awaited]) => `${name} waits for ${awaited.join(" and ")}`)
    .join("; ");
}
