import { describe, expect, test } from "bun:test";
import { Fragment, h, render } from "../../views/h.ts";

describe("escaping", () => {
  test("text becomes text, wherever it stands", () => {
    const hostile = `<script>alert("x")</script>`;
    expect(String(<p>{hostile}</p>)).toBe("<p>&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;</p>");
    expect(String(<Fragment>{[hostile].map((text) => text)}</Fragment>)).not.toContain("<script>");
  });

  test("attributes cannot be left", () => {
    expect(String(<p title={`"><img src=x onerror=1>`} />)).toBe(`<p title="&#34;>&lt;img src=x onerror=1>"></p>`);
  });

  test("an attribute shows what looks like an entity as it was written", () => {
    expect(String(<p title={"&lt;b>"} />)).toBe(`<p title="&amp;lt;b>"></p>`);
  });

  test("elements, lists and components pass unescaped, nothing is shown for what is absent", () => {
    const Name = (props: { readonly of_: string }) => <b>{props.of_}</b>;
    expect(
      String(
        <p>
          {[<i>a</i>, "&"]}
          {null}
          {undefined}
          {false}
          <Name of_="<" />
        </p>,
      ),
    ).toBe("<p><i>a</i>&amp;<b>&lt;</b></p>");
  });

  test("an element that can hold nothing has no end", () => {
    expect(String(<input name="a" />)).toBe(`<input name="a"/>`);
    expect(String(<i title="b" />)).toBe(`<i title="b"></i>`);
  });

  test("a page begins with the doctype", () => {
    expect(render(<html lang="en" />)).toBe(`<!doctype html><html lang="en"></html>`);
  });
});

describe("refusals", () => {
  test.each([
    "javascript:alert(1)",
    " JaVaScript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "\u0001javascript:x",
  ])("%p is no URL for a page", (url) => {
    expect(() => <a href={url}>x</a>).toThrow("refused URL");
    expect(() => <form action={url} />).toThrow("refused URL");
  });

  test.each(["/stacks/a:b", "https://a.example/x", "?a=b:c", "#a:b", "mailto:a@b.example"])("%p is one", (url) => {
    expect(String(<a href={url}>x</a>)).toContain("href=");
  });

  test("inline handlers, styles and unescaped attributes are refused", () => {
    expect(() => h("p", { onclick: "x" })).toThrow("must not set onclick");
    expect(() => h("p", { style: "x" })).toThrow("must not set style");
    expect(() => h("p", { attrs: "x=y" })).toThrow("must not set attrs");
    expect(() => h("p", { "hx-on:click": "x" })).toThrow("must not set");
  });
});
