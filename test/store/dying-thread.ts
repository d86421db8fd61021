import type { NumberedRequest } from "../../src/store/database-protocol.ts";

// A database thread that opens and then breaks.
addEventListener("message", ({ data: { id, request } }: MessageEvent<NumberedRequest>) => {
  if (request.kind !== "open") throw new Error("broken on purpose");
  postMessage({ id, results: [] });
});
