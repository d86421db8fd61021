import { Elysia } from "elysia";
import { routes } from "../../views/routes.ts";
import { REGISTRY_LOGIN } from "./api-schema.ts";
import { callerOf } from "./caller.ts";
import { field } from "./form.ts";
import { hostAnswer } from "./host.ts";
import { describeRoute } from "./openapi.ts";
import { seeOther } from "./page.ts";
import { complaintOf } from "./page-complaint.ts";
import { logInToRegistry, logins, logOutOfRegistry } from "./registry-actions.ts";
import type { Web } from "./web-context.ts";

/** `/api/v1/registries` and the forms on the host's page: with whom images are pulled. Passwords are never told. */
export function registries(web: Web) {
  return new Elysia({ normalize: false })
    .get("/api/v1/registries", () => logins(web), describeRoute("Registries with the user name for each"))
    .put(
      "/api/v1/registries/:host",
      async ({ params, body, request }) => ({
        host: await logInToRegistry(web, callerOf(request), params.host, body),
        username: body.username.trim(),
      }),
      { body: REGISTRY_LOGIN, ...describeRoute("Keep the login for a registry") },
    )
    .delete(
      "/api/v1/registries/:host",
      async ({ params, request }) => ({
        removed: await logOutOfRegistry(web, callerOf(request), params.host),
      }),
      describeRoute("Forget the login for a registry"),
    )
    .post("/registries", async ({ request, body }) => {
      const [registry, username] = [field(body, "registry"), field(body, "username")];
      try {
        await logInToRegistry(web, callerOf(request), registry, { username, secret: field(body, "secret") });
        return seeOther(request, `${routes.host}#registries`);
      } catch (thrown) {
        const { error, status } = complaintOf(thrown);
        return hostAnswer(
          web,
          request,
          { registry: registry.slice(0, 300), username: username.slice(0, 300), error },
          status,
        );
      }
    })
    .post("/registries/remove", async ({ request, body }) => {
      await logOutOfRegistry(web, callerOf(request), field(body, "registry"));
      return seeOther(request, `${routes.host}#registries`);
    });
}
