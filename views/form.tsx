import { type Child, h, type Markup } from "./h.ts";
import type { PageContext } from "./page-context.ts";

export function csrfField(csrf: string): Markup {
  return <input type="hidden" name="csrf" value={csrf} />;
}

interface PostButton {
  readonly action: string;
  readonly label: string;
  readonly kind?: "main" | "bad" | "plain";
  readonly fields?: Readonly<Record<string, string>>;
}

/** One button that changes something: a form of its own, so that it works without any script. */
export function postButton(context: PageContext, button: PostButton): Markup {
  return (
    <form method="post" action={button.action} class="one">
      {csrfField(context.csrf)}
      {Object.entries(button.fields ?? {}).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button class={`btn ${button.kind ?? ""}`} type="submit">
        {button.label}
      </button>
    </form>
  );
}

interface Removal extends PostButton {
  /** What becomes of it, in a sentence or two. */
  readonly consequence: string;
  readonly asks: string;
}

/** What cannot be taken back: the first press unfolds what it means, the second does it. */
export function removal(context: PageContext, { asks, consequence, ...button }: Removal): Markup {
  return (
    <details class="change">
      <summary class="btn plain">{asks}</summary>
      <div class="fields">
        <p>{consequence}</p>
        {postButton(context, { ...button, kind: "bad" })}
      </div>
    </details>
  );
}

interface Field {
  readonly name: string;
  readonly label: string;
  readonly value?: string | undefined;
  readonly hint?: Child;
  readonly type?: "text" | "password";
  readonly required?: boolean;
  readonly mono?: boolean;
  readonly placeholder?: string;
  readonly autocomplete?: string;
  readonly autofocus?: boolean;
  readonly pattern?: string;
  readonly minlength?: number;
  readonly maxlength?: number;
}

/** A labelled input; the hint is tied to it for readers. */
export function field(given: Field): Markup {
  const hintId = given.hint ? `${given.name}-hint` : undefined;
  return (
    <div class="field">
      <label for={given.name}>{given.label}</label>
      <input
        id={given.name}
        name={given.name}
        type={given.type ?? "text"}
        class={given.mono ? "mono" : undefined}
        value={given.value}
        required={given.required}
        placeholder={given.placeholder}
        autocomplete={given.autocomplete ?? "off"}
        autofocus={given.autofocus}
        autocapitalize="none"
        spellcheck={given.type === "password" ? undefined : "false"}
        pattern={given.pattern}
        minlength={given.minlength}
        maxlength={given.maxlength}
        aria-describedby={hintId}
      />
      {given.hint ? (
        <p class="hint" id={hintId}>
          {given.hint}
        </p>
      ) : null}
    </div>
  );
}

interface TextArea {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly hint: Child;
  readonly rows: number;
  /** Where the name stands on the page more than once. */
  readonly id?: string;
  readonly required?: boolean;
}

export function textArea({ name, label, value, hint, rows, id = name, required }: TextArea): Markup {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        class="mono"
        id={id}
        name={name}
        rows={String(rows)}
        required={required}
        autocapitalize="none"
        spellcheck="false"
        aria-describedby={`${id}-hint`}
      >
        {value}
      </textarea>
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    </div>
  );
}

interface Choice {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly hint?: Child;
}

/** One of a few. */
export function choice({ name, label, value, options, hint }: Choice): Markup {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <select id={name} name={name} aria-describedby={hint ? `${name}-hint` : undefined}>
        {options.map(([option, text]) => (
          <option value={option} selected={option === value}>
            {text}
          </option>
        ))}
      </select>
      {hint ? (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      ) : null}
    </div>
  );
}
