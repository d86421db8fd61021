import { Fragment, h, type Markup } from "./h.ts";
import { layout, plainLayout } from "./layout.tsx";
import type { PageContext } from "./page-context.ts";
import { prose } from "./prose.tsx";
import { routes } from "./routes.ts";
import type { Complaint } from "./stack/stack-view.ts";

/** Any request that failed, 404 included: what happened, what to do, a way on. */
export function errorPage(context: PageContext, error: Complaint, status: number): Markup {
  const body = (
    <>
      <span class="faint num">
        {String(status)} · {error.reason}
      </span>
      <h1>{prose(capitalized(error.message))}</h1>
      {error.hint === "" ? null : <p class="quiet">{prose(capitalized(error.hint))}</p>}
      <p>
        <a class="btn" href={routes.overview}>
          Go to the stacks
        </a>
      </p>
    </>
  );
  const title = status === 404 ? "Not found" : "Error";
  if (context.userName === null) return plainLayout(context, title, body);
  return layout(context, { title, section: null, live: null, children: <div class="stumble">{body}</div> });
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
