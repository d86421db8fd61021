import { errorPage } from "../../views/error-page.tsx";
import type { TallymanError } from "../error.ts";
import { type Caller, callerOf } from "./caller.ts";
import { jsonError, presentable, retryHeaders, statusOf } from "./error-answer.ts";
import { page } from "./page.ts";
import { pageFrame } from "./page-frame.ts";
import { isPagePath, plainPath } from "./request-checks.ts";
import type { Web } from "./web-context.ts";

/** The answer to a request that failed: JSON for the API, a page for people. Never tells of our inside; the log does. */
export async function answerError(
  web: Web,
  request: Request,
  thrown: unknown,
  code: string | number,
): Promise<Response> {
  const error = presentable(thrown, code);
  const path = plainPath(request.url) ?? "/";
  if (error.reason === "Internal")
    web.log("error", "a request failed", { method: request.method, path, error: error.cause ?? error });
  return isPagePath(path) ? pageOf(web, request, error) : jsonError(error);
}

async function pageOf(web: Web, request: Request, error: TallymanError): Promise<Response> {
  const frame = await pageFrame(web, callerOrStranger(request));
  const status = statusOf(error);
  return page(errorPage(frame, error, status), status, retryHeaders(error));
}

/** The guard may have refused the request before it knew the caller. */
function callerOrStranger(request: Request): Caller {
  try {
    return callerOf(request);
  } catch {
    return { kind: "visitor", csrf: null, address: "" };
  }
}
