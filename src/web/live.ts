import { Elysia } from "elysia";
import type { Piece } from "../../views/page-context.ts";
import { overviewPieces } from "../../views/stack/overview-page.tsx";
import { TallymanError } from "../error.ts";
import type { StackEvent } from "../event.ts";
import { type Caller, callerOf } from "./caller.ts";
import { eventStream } from "./event-stream.ts";
import { livePartials } from "./live-partials.ts";
import { pageFrame } from "./page-frame.ts";
import { stackSummaries } from "./stack-summaries.ts";
import { streamLifetime, type Web } from "./web-context.ts";

/** A page that somebody looks at. */
export type LivePage =
  | { readonly kind: "overview" }
  | { readonly kind: "stack"; readonly stackName: string }
  | { readonly kind: "deployment"; readonly deploymentId: string };

/** Where that page's stream is. */
export function liveAddress(seen: LivePage): string {
  const name = {
    overview: "",
    stack: "stackName" in seen ? seen.stackName : "",
    deployment: "deploymentId" in seen ? seen.deploymentId : "",
  }[seen.kind];
  return `/live?page=${encodeURIComponent(name === "" ? seen.kind : `${seen.kind}:${name}`)}`;
}

/** `/live`: the parts of a page as they change, made by the same views as the page. */
export function live(web: Web) {
  return new Elysia().get("/live", ({ request, query }) => {
    const caller = callerOf(request);
    const source = livePage(web, caller, query["page"] ?? "");
    const lifetime = streamLifetime(web, request, caller);
    return eventStream(livePartials(web.bus, source.concerns, source.pieces, lifetime.signal), lifetime);
  });
}

interface LiveSource {
  readonly concerns: (event: StackEvent) => boolean;
  readonly pieces: () => Promise<readonly Piece[]>;
}

function livePage(web: Web, caller: Caller, address: string): LiveSource {
  if (address === "overview")
    return {
      concerns: (event) => event.type !== "pull-progress",
      pieces: async () => {
        const [frame, stacks] = await Promise.all([
          pageFrame(web, caller),
          web.loads.get("overview", () => stackSummaries(web)),
        ]);
        return overviewPieces(frame, { stacks });
      },
    };
  throw new TallymanError("NotFound", "there is no such page", { hint: "Reload it." });
}
