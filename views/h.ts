import { Html } from "@elysiajs/html";

/** Finished HTML. Only elements make it: text from anywhere becomes Markup by passing through `h`, which escapes it. */
export class Markup {
  readonly #html: string;

  private constructor(html: string) {
    this.#html = html;
  }

  static of(tag: string, attributes: Attributes, children: Child): Markup {
    const text = textOf(children);
    const html = text === "" ? Html.createElement(tag, attributes) : Html.createElement(tag, attributes, text);
    if (typeof html !== "string") throw new Error(`${tag} was not rendered at once`);
    return new Markup(html);
  }

  static joined(children: Child): Markup {
    return new Markup(textOf(children));
  }

  toString(): string {
    return this.#html;
  }
}

export type Child = Markup | string | number | boolean | null | undefined | readonly Child[];

type Attributes = Record<string, string | number | boolean>;
type Given = Readonly<Record<string, unknown>> | null;
type Component = (props: never) => Markup;
type KitaElements = JSX.IntrinsicElements;

export declare namespace h {
  namespace JSX {
    type Element = Markup;
    type IntrinsicElements = {
      readonly [Tag in keyof KitaElements]: Omit<KitaElements[Tag], "children"> & { readonly children?: Child };
    };
    interface ElementChildrenAttribute {
      readonly children?: Child;
    }
  }
}

const URL_ATTRIBUTE =
  /^(href|src|action|formaction|poster|data|hx-(get|post|put|patch|delete|action)|hx-sse:connect)$/i;
/** What the Content-Security-Policy would refuse in the browser is refused here already, where a test sees it. */
const INLINE_ATTRIBUTE = /^(on.*|hx-on.*|style|srcdoc|attrs|of|safe)$/i;

/**
 * JSX that escapes by default: strings become text, only elements pass as HTML. Throws for inline code or style and for a URL that
 * is neither relative nor http(s) or mailto.
 */
export function h(tag: string | Component, given: Given, ...children: readonly Child[]): Markup {
  if (typeof tag === "function") return tag({ ...given, children } as never);
  return Markup.of(tag, checkedAttributes(given), children);
}

export function Fragment(props: { readonly children?: Child }): Markup {
  return Markup.joined(props.children);
}

/** A whole page. */
export function render(page: Markup): string {
  return `<!doctype html>${page.toString()}`;
}

function textOf(child: Child): string {
  if (child === null || child === undefined || typeof child === "boolean") return "";
  if (child instanceof Markup) return child.toString();
  if (typeof child === "object") return child.map(textOf).join("");
  return Html.escapeHtml(String(child));
}

function checkedAttributes(given: Given): Attributes {
  const attributes: Attributes = {};
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value === null || value === undefined || value === false || name === "children") continue;
    if (INLINE_ATTRIBUTE.test(name)) throw new Error(`a view must not set ${name}`);
    attributes[name] = value === true ? true : attributeText(name, value);
  }
  return attributes;
}

function attributeText(name: string, value: unknown): string {
  if (typeof value !== "string" && typeof value !== "number") throw new Error(`${name} takes a string or a number`);
  const text = String(value);
  if (URL_ATTRIBUTE.test(name) && !isPlainUrl(text)) throw new Error(`refused URL in ${name}`);
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** Browsers ignore control characters and leading spaces in a scheme, so they go before the look. */
function isPlainUrl(url: string): boolean {
  const scheme = /^([^/?#]*?):/.exec(url.replace(/[\p{Cc}\s]/gu, ""))?.[1];
  return scheme === undefined || /^(https?|mailto)$/i.test(scheme);
}
