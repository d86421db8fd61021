import type { Deployment } from "../../src/deployment.ts";

const WORDS = {
  commit: "commit",
  settings: "settings",
  deploy: "by hand",
  retry: "retry",
  rollback: "way back",
  drift: "drift",
  start: "start",
} as const satisfies Readonly<Record<Deployment["trigger"], string>>;

/** What began it and why, in one phrase; the trigger is left out where the cause says it already. */
export function causeText({ trigger, cause }: Pick<Deployment, "trigger" | "cause">): string {
  if (cause === "") return WORDS[trigger];
  const said = trigger === "rollback" || cause.toLowerCase().includes(trigger);
  return said ? cause : `${WORDS[trigger]}: ${cause}`;
}
