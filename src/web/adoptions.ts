import { Elysia } from "elysia";
import { adoptProject } from "./adopt-project.ts";
import { ADOPTION } from "./api-schema.ts";
import { callerOf } from "./caller.ts";
import { errorBody } from "./error-answer.ts";
import { describeRoute } from "./openapi.ts";
import { probeBody } from "./stacks.ts";
import type { Web } from "./web-context.ts";

/** `/api/v1/adoptions`: projects that run already become stacks. */
export function adoptions(web: Web) {
  return new Elysia({ normalize: false }).post(
    "/api/v1/adoptions",
    async ({ body, request, status }) => {
      const { probe, obstacle, ...adopted } = await adoptProject(web, callerOf(request), body);
      return status(201, { ...adopted, probe: probeBody(probe), obstacle: obstacle && errorBody(obstacle) });
    },
    { body: ADOPTION, ...describeRoute("Make a suspended stack of a running Compose project, and show its plan", 201) },
  );
}
