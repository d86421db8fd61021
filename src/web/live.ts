import { Elysia } from "elysia";
import { deploymentPieces } from "../../views/deployment/deployment-page.tsx";
import { eventsPieces } from "../../views/event/events-page.tsx";
import { hostPiece } from "../../views/layout.tsx";
import type { PageContext, Piece } from "../../views/page-context.ts";
import { overviewPieces } from "../../views/stack/overview-page.tsx";
import { stackPieces } from "../../views/stack/stack-page.tsx";
import { TallymanError } from "../error.ts";
import type { StackEvent } from "../event.ts";
import { callerOf } from "./caller.ts";
import { deploymentView, deploymentWith } from "./deployment-view.ts";
import { eventStream } from "./event-stream.ts";
import { latestEvents, READ_EVENTS } from "./latest-events.ts";
import { livePartials } from "./live-partials.ts";
import { pageFrame } from "./page-frame.ts";
import { stackNamed } from "./stack-actions.ts";
import { stackSummaries } from "./stack-summaries.ts";
import { stackView } from "./stack-view.ts";
import { streamLifetime, type Web } from "./web-context.ts";

/** A page that changes while somebody looks at it, and the address of its stream. */
export const liveAddress = {
  overview: "/live?page=overview",
  events: "/live?page=events",
  stack: (stackName: string) => `/live?page=${encodeURIComponent(`stack:${stackName}`)}`,
  deployment: (deploymentId: string) => `/live?page=${encodeURIComponent(`deployment:${deploymentId}`)}`,
} as const;

/** `/live`: the parts of a page as they change, made by the same views as the page. */
export function live(web: Web) {
  return new Elysia().get("/live", async ({ request, query }) => {
    const caller = callerOf(request);
    const source = await sourceOf(web, query["page"] ?? "");
    const pieces = async (changedAt: number) => {
      const frame = await pageFrame(web, caller);
      return [hostPiece(frame), ...(await source.pieces(frame, changedAt))];
    };
    const lifetime = streamLifetime(web, request, caller);
    return eventStream(livePartials(web.bus, source.concerns, pieces, lifetime.signal), lifetime);
  });
}

interface LiveSource {
  readonly concerns: (event: StackEvent) => boolean;
  readonly pieces: (frame: PageContext, changedAt: number) => Promise<readonly Piece[]>;
}

/** Throws NotFound. */
async function sourceOf(web: Web, address: string): Promise<LiveSource> {
  const [, kind, name = ""] = /^(overview|events|stack|deployment)(?::(.+))?$/.exec(address) ?? [];
  if (kind === "overview") return liveOverview(web);
  if (kind === "events") return liveEvents(web);
  if (kind === "stack") return liveStack(web, name);
  if (kind === "deployment") return liveDeployment(web, name);
  throw new TallymanError("NotFound", "there is no such page", { hint: "Reload it." });
}

/** Every look asks the Engine about every stack, so single operations are left to the stack's own page. */
function liveOverview(web: Web): LiveSource {
  return {
    concerns: (event) => !["pull-progress", "build-progress", "operation"].includes(event.type),
    async pieces(frame, begunAfter) {
      return overviewPieces(frame, {
        stacks: await web.loads.get("overview", () => stackSummaries(web), { begunAfter }),
      });
    },
  };
}

function liveEvents(web: Web): LiveSource {
  return {
    concerns: () => true,
    pieces: async (frame) => eventsPieces(frame, { events: latestEvents(web.bus.recent(READ_EVENTS)) }),
  };
}

async function liveStack(web: Web, stackName: string): Promise<LiveSource> {
  await stackNamed(web, stackName);
  return {
    concerns: (event) => event.stack === stackName,
    async pieces(frame, begunAfter) {
      const load = async () => stackView(web, await stackNamed(web, stackName));
      return stackPieces(frame, await web.loads.get(`stack ${stackName}`, load, { begunAfter }));
    },
  };
}

async function liveDeployment(web: Web, deploymentId: string): Promise<LiveSource> {
  const { stack } = await deploymentWith(web, deploymentId);
  return {
    concerns: (event) => event.stack === stack,
    async pieces(frame, begunAfter) {
      const load = () => deploymentView(web, deploymentId);
      return deploymentPieces(frame, await web.loads.get(`deployment ${deploymentId}`, load, { begunAfter }));
    },
  };
}
