import type { Stack, StackStatus } from "../../src/stack.ts";
import { postButton } from "../form.tsx";
import { h, type Markup } from "../h.ts";
import { layout } from "../layout.tsx";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import { crumbs } from "./stack-head.tsx";

export interface RemoveStackView {
  readonly stack: Stack;
  readonly status: StackStatus;
}

/** Asks before a stack goes, with what goes and what stays. */
export function removeStackPage(context: PageContext, { stack, status }: RemoveStackView): Markup {
  const containers = status.services.flatMap((service) => service.containers);
  const children = (
    <div class="narrow">
      <div class="titles">
        {crumbs(stack.name)}
        <h1>Remove {stack.name}?</h1>
      </div>
      <section class="sheet pad stacked">
        <dl class="consequences">
          <div>
            <dt>Goes</dt>
            <dd>
              {containers.length === 0
                ? "No container of it runs. Its networks, its deploy key and its place in the list go."
                : `${containers.length === 1 ? "1 container stops and is" : `${containers.length} containers stop and are`} removed: ${names(containers)}. So are its networks and its deploy key. Whatever they serve is down from then on.`}
            </dd>
          </div>
          <div>
            <dt>Stays</dt>
            <dd>
              Every volume with its data, the files in its folder on this host, the images, and the record of its
              deployments. The repository is not touched.
            </dd>
          </div>
        </dl>
        <div class="actions">
          {postButton(context, { action: routes.remove(stack.name), label: `Remove ${stack.name}`, kind: "bad" })}
          <a class="btn plain" href={routes.stack(stack.name)}>
            Keep it
          </a>
        </div>
      </section>
    </div>
  );
  return layout(context, { title: `Remove ${stack.name}`, section: "stacks", live: null, children });
}

function names(containers: readonly { readonly name: string }[]): string {
  const shown = containers.slice(0, 6).map((container) => container.name);
  const more = containers.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}
