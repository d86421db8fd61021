import { type Markup, render } from "../../views/h.ts";
import { isHtmx } from "./request-checks.ts";

/** An answer with a rendered page. */
export function page(content: Markup, status = 200, headers: HeadersInit = {}): Response {
  const answer = new Response(render(content), { status, headers });
  answer.headers.set("content-type", "text/html; charset=utf-8");
  return answer;
}

/** Sends the browser on after a form, so that a reload does not send the form again. htmx is told in its own header, as it follows by itself. */
export function seeOther(request: Request, location: string, cookies: readonly string[] = []): Response {
  const answer = isHtmx(request)
    ? new Response(null, { status: 204, headers: { "hx-redirect": location } })
    : new Response(null, { status: 303, headers: { location } });
  for (const cookie of cookies) answer.headers.append("set-cookie", cookie);
  return answer;
}
