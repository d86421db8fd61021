import { TallymanError } from "../error.ts";
import type { EngineClient } from "./engine-client.ts";
import { jsonLines, streamBody } from "./stream-body.ts";

interface DieEvent {
  readonly Actor?: { readonly Attributes?: Readonly<Record<string, string>> };
}

const DEADLINE_MS = 3_000;

/**
 * Codes with which a container has ended since a moment (RFC 3339), oldest first: an inspect forgets them when it runs again. As far as
 * the Engine remembers, which is some hundred events of everything.
 */
export async function exitCodes(
  client: EngineClient,
  containerId: string,
  since: string,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const what = `ask how container ${containerId} ended`;
  const filters = JSON.stringify({ type: ["container"], event: ["die"], container: [containerId] });
  const from = Date.parse(since);
  const query = { filters, since: seconds(from), until: seconds(Math.max(from, Date.now())) };
  // An Engine whose clock is behind ours goes on until it gets there.
  const limited = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  const codes: number[] = [];
  try {
    const body = await client.stream({ method: "GET", path: "/events", query, what }, limited);
    for await (const { Actor } of jsonLines<DieEvent>(streamBody(body, what, limited)))
      codes.push(Number(Actor?.Attributes?.["exitCode"] ?? 0));
  } catch (thrown) {
    if (signal.aborted || !(thrown instanceof TallymanError) || thrown.reason !== "Interrupted") throw thrown;
  }
  return codes;
}

/** As the Engine takes it: Unix seconds with a fraction. */
function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(3);
}
