import type { Reconciler } from "../reconcile/reconciler.ts";

/** What a request may ask of the lanes. Handlers never change the Engine themselves. */
export type ReconcilerPort = Pick<
  Reconciler,
  "adopt" | "edit" | "remove" | "run" | "drift" | "status" | "statuses" | "preview" | "probe" | "look"
>;
