import type { Stack, StackStatus } from "../../src/stack.ts";
import { csrfField, field, postButton } from "../form.tsx";
import { h, type Markup } from "../h.ts";
import { layout } from "../layout.tsx";
import { complaintNote } from "../note.tsx";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import { crumbs } from "./stack-head.tsx";
import type { Complaint } from "./stack-view.ts";

export interface RemoveStackView {
  readonly stack: Stack;
  readonly status: StackStatus;
  /** Names; null when the Engine does not answer. */
  readonly volumes: readonly string[] | null;
  readonly error: Complaint | null;
}

/** Asks before a stack goes, with what goes and what stays; its data is another question. */
export function removeStackPage(context: PageContext, view: RemoveStackView): Markup {
  const { stack, status, volumes, error } = view;
  const children = (
    <div class="narrow">
      <div class="titles">
        {crumbs(stack.name)}
        <h1>Remove {stack.name}?</h1>
      </div>
      {error ? complaintNote(error) : null}
      <section class="sheet pad stacked">
        <dl class="consequences">
          {goes(status)}
          <div>
            <dt>Stays</dt>
            <dd>
              {volumes && volumes.length > 0
                ? `Its ${volumes.length === 1 ? "volume" : "volumes"} ${volumes.join(", ")} with all data`
                : "Every volume with its data"}
              , the files in its folder on this host, the images, its variables and secrets, and the record of its
              deployments. The repository is not touched. Added again under the same name, it takes all of it up.
            </dd>
          </div>
        </dl>
        {stack.origin === "folder" ? (
          <p>
            While its folder <code>{stack.repository}</code> is in the apps dir, it comes back. Move the folder away
            first.
          </p>
        ) : null}
        <div class="actions">
          {postButton(context, { action: routes.remove(stack.name), label: `Remove ${stack.name}`, kind: "bad" })}
          <a class="btn plain" href={routes.stack(stack.name)}>
            Keep it
          </a>
        </div>
      </section>
      {volumes && volumes.length > 0 ? withItsData(context, stack.name, volumes) : null}
    </div>
  );
  return layout(context, { title: `Remove ${stack.name}`, section: "stacks", live: null, children });
}

function goes({ services }: StackStatus): Markup {
  const containers = services.flatMap((service) => service.containers);
  return (
    <div>
      <dt>Goes</dt>
      <dd>
        {containers.length === 0
          ? "No container of it runs. Its networks, its deploy key and its place in the list go."
          : `${containers.length === 1 ? "1 container stops and is" : `${containers.length} containers stop and are`} removed: ${names(containers)}. So are its networks and its deploy key. Whatever they serve is down from then on.`}
      </dd>
    </div>
  );
}

/** The only way to delete data: the name must be typed. */
function withItsData(context: PageContext, stackName: string, volumes: readonly string[]): Markup {
  return (
    <details class="sheet danger">
      <summary>Delete its data as well…</summary>
      <form method="post" action={routes.remove(stackName)} class="pad fields">
        {csrfField(context.csrf)}
        <input type="hidden" name="volumes" value="delete" />
        <p>
          Deletes {volumes.length === 1 ? "this volume" : `these ${volumes.length} volumes`} for good. Nothing brings
          them back.
        </p>
        <ul class="volumes">
          {volumes.map((volume) => (
            <li>
              <code>{volume}</code>
            </li>
          ))}
        </ul>
        {field({
          name: "confirm",
          label: `Type ${stackName} to confirm`,
          required: true,
          mono: true,
        })}
        <div class="actions">
          <button class="btn bad" type="submit">
            Remove {stackName} and delete its data
          </button>
        </div>
      </form>
    </details>
  );
}

function names(containers: readonly { readonly name: string }[]): string {
  const shown = containers.slice(0, 6).map((container) => container.name);
  const more = containers.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}
