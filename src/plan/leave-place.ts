import { isRetainedName, retainedName } from "../label.ts";
import type { ObservedContainer } from "../observed-state.ts";
import type { NameHolder } from "./name-holders.ts";
import type { PlanBuilder } from "./plan-builder.ts";
import type { Slot } from "./service-slots.ts";
import { type Stops, stopOnce } from "./stops.ts";

export interface Leaving {
  readonly stops: Stops;
  readonly builder: PlanBuilder;
  /** By the name that they give up to another place. */
  readonly holders: ReadonlyMap<string, NameHolder>;
  /** What ends each container that has left its place, by id: it leaves once, whoever waits for it. */
  readonly left: Map<string, readonly number[]>;
}

/** Whoever of another place, or of none, still bears the name leaves before it is given away. */
export function giveUpName(
  leaving: Leaving,
  { finalName }: Pick<Slot, "finalName">,
  before: readonly number[],
): readonly number[] {
  const holder = leaving.holders.get(finalName);
  if (!holder) return before;
  const { container, slot } = holder;
  const { serviceName, number } = container;
  const orphaned = { serviceName, number, finalName, keeper: null, hasRetained: false };
  return [...before, ...planLeave(leaving, slot ?? orphaned, container, before)];
}

type LeftPlace = Pick<Slot, "serviceName" | "number" | "finalName" | "keeper" | "hasRetained">;

/** Once for each container, whoever needs its place or its name. */
export function planLeave(
  leaving: Leaving,
  slot: LeftPlace,
  incumbent: ObservedContainer,
  before: readonly number[],
): readonly number[] {
  const gone = leaving.left.get(incumbent.id);
  if (gone) return [...before, ...gone];
  const done = leave(leaving, slot, incumbent, before);
  leaving.left.set(incumbent.id, done);
  return done;
}

/** Stops the predecessor and keeps it for the way back, unless an older one already waits or the old one itself comes back. */
function leave(
  { stops, builder }: Leaving,
  slot: LeftPlace,
  incumbent: ObservedContainer,
  before: readonly number[],
): readonly number[] {
  const { serviceName, number, keeper } = slot;
  const container = { id: incumbent.id, name: incumbent.name };
  const target = { serviceName, number, container } as const;
  const returns = keeper !== null && isRetainedName(keeper.name);
  const cause = returns ? "gives way to the container that ran before" : "makes room for its successor";
  const stopped = incumbent.state === "created" ? before : stopOnce(incumbent, cause, before, stops, builder);
  const newName = retainedName(slot.finalName, incumbent.id);
  if (returns || slot.hasRetained) {
    // A rename frees the place at once; taking the container away lasts longer, and nobody need wait for it.
    const isAside = incumbent.name === newName;
    const aside = isAside ? stopped : [builder.add({ kind: "rename-container", ...target, newName }, cause, stopped)];
    builder.add({ kind: "remove-container", ...target, container: { id: incumbent.id, name: newName } }, cause, aside);
    return aside;
  }
  const kept = "kept until the gate has passed";
  const disarmed = builder.add({ kind: "set-restart-policy", ...target, policy: "no" }, kept, stopped);
  if (incumbent.name === newName) return [disarmed];
  return [builder.add({ kind: "rename-container", ...target, newName }, kept, [disarmed])];
}
