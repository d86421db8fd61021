import { join } from "node:path";

/** The audit as one script for `addInitScript`; `evaluate("audit()")` then gives an `Audit`. */
export async function auditScript(): Promise<string> {
  const { outputs } = await Bun.build({ entrypoints: [join(import.meta.dir, "audit-in-page.ts")], format: "iife" });
  return (await outputs[0]?.text()) ?? "";
}
