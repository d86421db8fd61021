import type { VariableEntry } from "../../src/variable.ts";
import { choice, csrfField, field, removal, textArea } from "../form.tsx";
import { Fragment, h, type Markup } from "../h.ts";
import { layout } from "../layout.tsx";
import { complaintNote } from "../note.tsx";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import { crumbs } from "../stack/stack-head.tsx";
import type { Complaint } from "../stack/stack-view.ts";
import { timeAgo } from "../time.tsx";

export interface VariablesView {
  /** The stack's name; null: those that every stack sees. */
  readonly owner: string | null;
  readonly own: readonly VariableEntry[];
  /** Shared ones that the stack sees beside its own; empty where the owner is everybody. */
  readonly shared: readonly VariableEntry[];
  /** What was typed; `value` is "" for a secret, which is never sent back. */
  readonly form: { readonly name: string; readonly kind: "secret" | "variable"; readonly value: string };
  readonly error: Complaint | null;
}

/** Names, kinds and who changed them; the value of a secret never comes back. */
export function variablesPage(context: PageContext, view: VariablesView): Markup {
  const { owner, own, shared, error } = view;
  const children = (
    <div class="narrow wide">
      <div class="titles">
        {crumbs(owner)}
        <h1>{owner === null ? "Shared variables and secrets" : "Variables and secrets"}</h1>
      </div>
      <p class="quiet">{introduction(owner)}</p>
      {error ? complaintNote(error) : null}
      {listSection(context, view, own, owner === null ? "For every stack" : `Of ${owner}`, "own")}
      {shared.length === 0 ? null : listSection(context, view, shared, "Shared by every stack", "shared")}
      {addForm(context, view)}
    </div>
  );
  const title = owner === null ? "Shared variables and secrets" : `Variables of ${owner}`;
  return layout(context, { title, section: owner === null ? "host" : "stacks", live: null, children });
}

function introduction(owner: string | null): Markup {
  return (
    <>
      Compose files use them as <code>{"${NAME}"}</code>. They are kept encrypted; a change leads to a pass, and mends a
      deployment that failed for want of it.{" "}
      {owner === null ? (
        "A stack’s own win over these."
      ) : (
        <>
          Those that{" "}
          <a class="link" href={routes.variables(null)}>
            every stack sees
          </a>{" "}
          stand on a page of their own.
        </>
      )}
    </>
  );
}

function listSection(
  context: PageContext,
  { owner }: VariablesView,
  entries: readonly VariableEntry[],
  title: string,
  kind: "own" | "shared",
): Markup {
  return (
    <section class="sheet" aria-labelledby={`${kind}-title`}>
      <header>
        <h2 id={`${kind}-title`}>{title}</h2>
      </header>
      {entries.length === 0 ? (
        <p class="pad quiet">None yet. Add the first one below.</p>
      ) : (
        <ul class="rows">{entries.map((entry) => entryRow(context, entry, entry.stack === owner))}</ul>
      )}
    </section>
  );
}

function entryRow(context: PageContext, entry: VariableEntry, editable: boolean): Markup {
  return (
    <li class="row varrow">
      <b class="mono cut" title={entry.name}>
        {entry.name}
      </b>
      {entry.value === null || entry.secret ? (
        <span class="faint">secret, never shown</span>
      ) : (
        <code class="cut" title={entry.value}>
          {entry.value === "" ? "empty" : entry.value}
        </code>
      )}
      <span class="faint">
        {entry.changedBy}, {timeAgo(context.now, entry.changedAt)}
      </span>
      {editable ? changes(context, entry) : <span />}
    </li>
  );
}

function changes(context: PageContext, { name, stack, secret }: VariableEntry): Markup {
  return (
    <details class="change">
      <summary class="quiet link" aria-label={`Change ${name}`}>
        Change
      </summary>
      <div class="fields">
        <form method="post" action={routes.variables(stack)} class="fields" autocomplete="off">
          {csrfField(context.csrf)}
          <input type="hidden" name="name" value={name} />
          <input type="hidden" name="kind" value={secret ? "secret" : "variable"} />
          {textArea({
            id: `value-${name}`,
            name: "value",
            label: `New value of ${name}`,
            value: "",
            rows: 2,
            hint: "Takes the place of the one before.",
          })}
          <div class="actions">
            <button class="btn main" type="submit">
              Replace {name}
            </button>
          </div>
        </form>
        {removal(context, {
          asks: `Remove ${name}…`,
          consequence: `${secret ? "Its value is not shown anywhere and cannot be brought back. " : ""}A Compose file that asks for it is refused from then on; what runs goes on running.`,
          action: routes.removeVariable(stack),
          label: `Remove ${name} for good`,
          fields: { name },
        })}
      </div>
    </details>
  );
}

function addForm(context: PageContext, { owner, form }: VariablesView): Markup {
  return (
    <form method="post" action={routes.variables(owner)} class="sheet" aria-labelledby="add-title" autocomplete="off">
      {csrfField(context.csrf)}
      <header>
        <h2 id="add-title">Add one</h2>
      </header>
      <div class="pad fields">
        <div class="pair">
          {field({
            name: "name",
            label: "Name",
            value: form.name,
            required: true,
            mono: true,
            pattern: "[A-Za-z_][A-Za-z0-9_]*",
            placeholder: "DB_PASSWORD",
          })}
          {choice({
            name: "kind",
            label: "Kind",
            value: form.kind,
            options: [
              ["secret", "Secret, never shown again"],
              ["variable", "Variable, shown here"],
            ],
          })}
        </div>
        {textArea({
          name: "value",
          label: "Value",
          value: form.value,
          rows: 2,
          hint: "Taken as it is, line breaks too; one at its very end is left out.",
        })}
        <div class="actions">
          <button class="btn main" type="submit">
            Set it
          </button>
        </div>
      </div>
    </form>
  );
}
