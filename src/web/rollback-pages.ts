import { Elysia } from "elysia";
import { routes } from "../../views/routes.ts";
import { type RollbackView, rollbackPage } from "../../views/stack/rollback-page.tsx";
import type { Release } from "../deployment.ts";
import { TallymanError } from "../error.ts";
import { callerOf } from "./caller.ts";
import { field } from "./form.ts";
import { RELEASES_SHOWN, rollBack } from "./hold-actions.ts";
import { holdsView } from "./holds-view.ts";
import { page, seeOther } from "./page.ts";
import { complaintOf } from "./page-complaint.ts";
import { pageFrame } from "./page-frame.ts";
import { distinctReleases, isSame, rollbackTarget } from "./rollback-target.ts";
import { stackNamed } from "./stack-actions.ts";
import type { Web } from "./web-context.ts";

const SHOWN = 30;

/** `/stacks/:name/rollback`: which former release shall run. */
export function rollbackPages(web: Web) {
  return new Elysia()
    .get("/stacks/:name/rollback", ({ request, params }) =>
      choicePage(web, request, params.name, { why: "", error: null }, 200),
    )
    .post("/stacks/:name/rollback", async ({ request, params, body }) => {
      const why = field(body, "why");
      try {
        await rollBack(web, callerOf(request), params.name, { to: field(body, "to"), why });
        return seeOther(request, routes.stack(params.name));
      } catch (thrown) {
        const { error, status } = complaintOf(thrown);
        return choicePage(web, request, params.name, { why: why.slice(0, 500), error }, status);
      }
    });
}

async function choicePage(
  web: Web,
  request: Request,
  stackName: string,
  typed: Pick<RollbackView, "why" | "error">,
  status: number,
): Promise<Response> {
  const stack = await stackNamed(web, stackName);
  const [frame, releases, { pinnedTo }] = await Promise.all([
    pageFrame(web, callerOf(request)),
    web.store.history.releases(stackName, RELEASES_SHOWN),
    holdsView(web, stackName),
  ]);
  const shown = distinctReleases(releases).slice(0, SHOWN);
  const current = shown[0]?.deploymentId ?? null;
  const target = suggestion(releases, pinnedTo?.deploymentId ?? null);
  const suggested = shown.find((release) => target && isSame(release, target))?.deploymentId ?? null;
  return page(rollbackPage(frame, { stack, releases: shown, current, suggested, ...typed }), status);
}

/** What a rollback without a choice would take; null when there is none. */
function suggestion(releases: readonly Release[], current: string | null): Release | null {
  try {
    return rollbackTarget(releases, undefined, current);
  } catch (thrown) {
    if (thrown instanceof TallymanError) return null;
    throw thrown;
  }
}
