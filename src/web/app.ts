import type { AnyElysia } from "elysia";
import { Elysia } from "elysia";
import { adoptionPages } from "./adoption-pages.ts";
import { adoptions } from "./adoptions.ts";
import { assets } from "./assets.ts";
import { refuseForgedForm } from "./csrf.ts";
import { deployments } from "./deployments.ts";
import { answerError } from "./error-page.ts";
import { events } from "./events.ts";
import { refuseStranger } from "./guard.ts";
import { health } from "./health.ts";
import { holdPages } from "./hold-pages.ts";
import { holds } from "./holds.ts";
import { host } from "./host.ts";
import { hostKeys } from "./host-keys.ts";
import { live } from "./live.ts";
import { logs } from "./logs.ts";
import { looks } from "./looks.ts";
import { newStackPages } from "./new-stack-pages.ts";
import { openapi } from "./openapi.ts";
import { overview } from "./overview.ts";
import { registries } from "./registries.ts";
import { releases } from "./releases.ts";
import { removalPages } from "./removal-pages.ts";
import { rollbackPages } from "./rollback-pages.ts";
import { session } from "./session.ts";
import { settingsPages } from "./settings-pages.ts";
import { setup } from "./setup.ts";
import { stackPages } from "./stack-pages.ts";
import { stacks } from "./stacks.ts";
import { variablePages } from "./variable-pages.ts";
import { variables } from "./variables.ts";
import { version } from "./version.ts";
import type { Web } from "./web-context.ts";

/** Every resource of the server. The guard stands before all of this. */
export function createApp(web: Web): AnyElysia {
  const app: AnyElysia = new Elysia({ normalize: false })
    .onError(({ error, code, request }) => answerError(web, request, error, code))
    .onBeforeHandle(({ request, path, body }) => {
      refuseStranger(request, path);
      refuseForgedForm(request, body);
    })
    .use(health(web))
    .use(assets())
    .use(session(web))
    .use(setup(web))
    .use(overview(web))
    .use(newStackPages(web))
    .use(adoptionPages(web))
    .use(stackPages(web))
    .use(holdPages(web))
    .use(rollbackPages(web))
    .use(settingsPages(web))
    .use(variablePages(web))
    .use(removalPages(web))
    .use(live(web))
    .use(version(web))
    .use(host(web))
    .use(stacks(web))
    .use(holds(web))
    .use(releases(web))
    .use(looks(web))
    .use(variables(web))
    .use(registries(web))
    .use(adoptions(web))
    .use(logs(web))
    .use(deployments(web))
    .use(events(web))
    .use(hostKeys(web))
    .use(openapi(web, () => app));
  return app;
}
