import type { History, NewDeployment } from "../history.ts";

/** Refused attempts in a row beyond which nobody looks for the one that touched something. */
const LOOKED_BACK = 50;

/** An attempt of this very commit waits for its verdict: it was interrupted, or its end could not be recorded. */
export async function isOpen({ stack, commit, settingsDigest }: NewDeployment, history: History): Promise<boolean> {
  const [newest] = await history.outline(stack, 1);
  return (
    (newest?.status === "interrupted" || newest?.status === "applying") &&
    newest.commit === commit.commit &&
    newest.settingsDigest === settingsDigest
  );
}

/** What runs comes from an attempt without a good verdict: that nothing must change proves nothing. */
export async function isUnproven({ stack }: NewDeployment, history: History): Promise<boolean> {
  const newest = (await history.outline(stack, LOOKED_BACK)).find(
    ({ class: kind }) => kind !== "rejected" && kind !== "denied",
  );
  return newest !== undefined && newest.status !== "healthy";
}
