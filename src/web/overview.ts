import { Elysia } from "elysia";
import { overviewPage } from "../../views/stack/overview-page.tsx";
import { callerOf } from "./caller.ts";
import { liveAddress } from "./live.ts";
import { page, seeOther } from "./page.ts";
import { pageFrame } from "./page-frame.ts";
import { checkAllStacks } from "./stack-actions.ts";
import { stackSummaries } from "./stack-summaries.ts";
import type { Web } from "./web-context.ts";

/** `/`: all stacks. */
export function overview(web: Web) {
  return new Elysia()
    .get("/", async ({ request }) => {
      const [frame, stacks] = await Promise.all([pageFrame(web, callerOf(request)), stackSummaries(web)]);
      return page(overviewPage(frame, { stacks, live: liveAddress.overview }));
    })
    .post("/deploy-all", async ({ request }) => {
      await checkAllStacks(web);
      return seeOther(request, "/");
    });
}
