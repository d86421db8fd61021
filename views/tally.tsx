import type { Deployment } from "../src/deployment.ts";
import { h, type Markup } from "./h.ts";
import { deploymentLook } from "./state.tsx";

const SHOWN = 20;
const STROKE = 5;
const GROUP = 26;

/** History as tally strokes, one a deployment, newest right; every fifth crosses its group. `deployments` are newest first. */
export function tally(deployments: readonly Deployment[]): Markup {
  const strokes = deployments.slice(0, SHOWN).reverse();
  if (strokes.length === 0) return <span class="faint">none yet</span>;
  const width = Math.floor((strokes.length - 1) / 5) * GROUP + 24;
  const legend = legendOf(strokes);
  return (
    <svg class="tally" width={width} height="20" viewBox={`0 0 ${width} 20`} role="img" aria-label={legend}>
      <title>{legend}</title>
      {strokes.map((deployment, index) => (
        <path class={strokeClass(deployment)} d={strokePath(index)} />
      ))}
    </svg>
  );
}

function strokePath(index: number): string {
  const left = Math.floor(index / 5) * GROUP;
  const place = index % 5;
  return place === 4 ? `M${left + 1} 15 L${left + 21} 5` : `M${left + 3 + place * STROKE} 3.5 V16.5`;
}

function strokeClass(deployment: Deployment): string {
  if (deployment.status === "interrupted") return "cut-off";
  if (deployment.status === "healthy") return deployment.trigger === "rollback" ? "back" : "good";
  return deployment.status === "failed" ? "bad" : "busy";
}

/** "last 18 deployments, newest right: 14 healthy, 2 failed, 2 went back" */
function legendOf(strokes: readonly Deployment[]): string {
  const words = strokes.map((deployment) => deploymentLook(deployment).word);
  const counts = [...new Set(words)].map((word) => `${words.filter((other) => other === word).length} ${word}`);
  const total = strokes.length === 1 ? "1 deployment" : `last ${strokes.length} deployments, newest right`;
  return `${total}: ${counts.join(", ")}`;
}
