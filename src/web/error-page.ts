import type { Reason, TallymanError } from "../error.ts";
import { jsonError, presentable, retryHeaders, statusOf } from "./error-answer.ts";
import { page } from "./page.ts";
import { isPagePath, plainPath } from "./request-checks.ts";
import type { Web } from "./web-context.ts";

/** The answer to a request that failed: JSON for the API, a page for people. Never tells of our inside; the log does. */
export function answerError(web: Web, request: Request, thrown: unknown, code: string | number): Response {
  const error = presentable(thrown, code);
  const path = plainPath(request.url) ?? "/";
  if (error.reason === ("Internal" satisfies Reason))
    web.log("error", "a request failed", { method: request.method, path, error: error.cause ?? error });
  return isPagePath(path) ? errorPage(error) : jsonError(error);
}

function errorPage(error: TallymanError): Response {
  return page(Bun.escapeHTML(`${error.message} ${error.hint}`), statusOf(error), retryHeaders(error));
}
