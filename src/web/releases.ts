import { Elysia } from "elysia";
import { ROLLBACK } from "./api-schema.ts";
import { callerOf } from "./caller.ts";
import { RELEASES_SHOWN, releaseBody, rollBack } from "./hold-actions.ts";
import { describeRoute } from "./openapi.ts";
import { passAnswer } from "./passes.ts";
import { countIn } from "./query.ts";
import { stackNamed } from "./stack-actions.ts";
import type { Web } from "./web-context.ts";

/** What was healthy once and can be gone back to. */
export function releases(web: Web) {
  return new Elysia({ prefix: "/api/v1/stacks", normalize: false })
    .post(
      "/:name/rollback",
      async ({ params, body, request }) => {
        const { hold, release, end } = await rollBack(web, callerOf(request), params.name, body ?? {});
        return passAnswer(body?.wait, end, { hold, release: releaseBody(release) });
      },
      { body: ROLLBACK, ...describeRoute("Pin a former release; the one before the current unless `to` says which") },
    )
    .get(
      "/:name/releases",
      async ({ params, query }) => {
        await stackNamed(web, params.name);
        const limit = countIn("limit", query["limit"], 50, RELEASES_SHOWN);
        return (await web.store.history.releases(params.name, limit)).map((release) => ({
          ...releaseBody(release),
          images: release.imageDigests,
        }));
      },
      describeRoute("Healthy releases, newest first: what can be gone back to", 200, {
        limit: "how many; 50 unless said",
      }),
    );
}
