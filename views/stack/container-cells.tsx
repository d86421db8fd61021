import type { ServiceStatus } from "../../src/stack.ts";
import { h, type Markup } from "../h.ts";
import { serviceLook } from "../state.tsx";

const SHOWN = 14;

/** One small square a container: filled runs, ring changes, dot is broken, pale rests. Told in words on hover and to readers. */
export function containerCells(services: readonly ServiceStatus[]): Markup {
  const cells = services.flatMap((service) =>
    service.containers.map((container) => ({
      name: container.name,
      look: serviceLook(service.state === "completed" ? "completed" : container.state, container.health),
    })),
  );
  if (cells.length === 0) return <span class="faint">no containers</span>;
  const well = cells.filter((cell) => cell.look.tone === "good").length;
  return (
    <span class="cells" role="img" aria-label={`${well} of ${cells.length} containers are well`}>
      {cells.slice(0, SHOWN).map(({ name, look }) => (
        <i class={look.tone} title={`${name}: ${look.word}`} />
      ))}
      {cells.length > SHOWN ? <span class="faint num">+{cells.length - SHOWN}</span> : null}
    </span>
  );
}
