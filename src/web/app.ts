import type { AnyElysia } from "elysia";
import { Elysia } from "elysia";
import { assets } from "./assets.ts";
import { refuseForgedForm } from "./csrf.ts";
import { deployments } from "./deployments.ts";
import { answerError } from "./error-page.ts";
import { events } from "./events.ts";
import { refuseStranger } from "./guard.ts";
import { health } from "./health.ts";
import { host } from "./host.ts";
import { hostKeys } from "./host-keys.ts";
import { live } from "./live.ts";
import { logs } from "./logs.ts";
import { newStackPages } from "./new-stack-pages.ts";
import { openapi } from "./openapi.ts";
import { overview } from "./overview.ts";
import { session } from "./session.ts";
import { setup } from "./setup.ts";
import { stackPages } from "./stack-pages.ts";
import { stacks } from "./stacks.ts";
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
    .use(stackPages(web))
    .use(live(web))
    .use(version(web))
    .use(host(web))
    .use(stacks(web))
    .use(logs(web))
    .use(deployments(web))
    .use(events(web))
    .use(hostKeys(web))
    .use(openapi(web, () => app));
  return app;
}
