import { describe, expect, test } from "bun:test";
import { render } from "../../views/h.ts";
import { everyPage } from "./every-page.ts";

/** Tags with their attributes, as written. */
function tagsOf(html: string): readonly string[] {
  return html.match(/<[a-z][^>]*>/gi) ?? [];
}

function attributeValues(html: string, name: string): readonly string[] {
  return [...html.matchAll(new RegExp(`\\s${name}="([^"]*)"`, "g"))].map((match) => match[1] ?? "");
}

for (const [name, page] of Object.entries(everyPage)) {
  describe(`the page ${name}`, () => {
    const html = render(page());
    const tags = tagsOf(html);

    test("holds no inline script, style or handler", () => {
      expect(html).not.toMatch(/<style|<script>|<script [^>]*>[^<]/i);
      expect(tags.filter((tag) => /\s(style|on[a-z]+|hx-on[^=\s]*|srcdoc)=/i.test(tag))).toEqual([]);
    });

    test("loads nothing from elsewhere", () => {
      const loaded = tags.filter((tag) => /^<(script|link|img|iframe|use)\b/.test(tag)).join("\n");
      for (const url of [...attributeValues(loaded, "src"), ...attributeValues(loaded, "href")])
        expect(url).toStartWith("/assets/");
    });

    test("has one first heading, a title, a language and one main part", () => {
      expect(tags.filter((tag) => tag.startsWith("<h1"))).toHaveLength(1);
      expect(tags.filter((tag) => tag.startsWith("<main"))).toHaveLength(1);
      expect(html).toMatch(/<title>[^<]+ · Tallyman<\/title>/);
      expect(html).toStartWith(`<!doctype html><html lang="en">`);
    });

    test("names every id once, and every label and description points at one", () => {
      const ids = attributeValues(html, "id");
      expect(ids).toEqual([...new Set(ids)]);
      for (const target of ["for", "aria-labelledby", "aria-describedby"].flatMap((one) => attributeValues(html, one)))
        expect(ids).toContain(target);
    });

    test("labels every field that a person fills in", () => {
      const labelled = attributeValues(html, "for");
      const fields = tags.filter((tag) => /^<(input|textarea|select)\b/.test(tag) && !tag.includes('type="hidden"'));
      for (const field of fields) expect(labelled).toContain(attributeValues(field, "id")[0] ?? "");
    });

    test("sends the token with every form, by POST", () => {
      const forms = html.match(/<form.*?<\/form>/gs) ?? [];
      for (const form of forms) {
        expect(form).toContain(`<input type="hidden" name="csrf" value="token-of-the-form"/>`);
        expect(form).toStartWith(`<form method="post" action="/`);
      }
    });

    test("says what every picture and every button is", () => {
      for (const tag of tags.filter((one) => one.startsWith("<svg")))
        expect(tag).toMatch(/aria-hidden="true"|role="img" aria-label="[^"]+"/);
      expect(html).not.toMatch(/<(a|button)\b(?![^>]*aria-label)[^>]*>\s*<\/\1>/);
    });

    test("leads only to places of ours or to https", () => {
      for (const url of tags.filter((tag) => tag.startsWith("<a ")).flatMap((tag) => attributeValues(tag, "href")))
        expect(url).toMatch(/^(\/|#main|https:\/\/)/);
    });
  });
}

test("the navigation marks the page one is on", () => {
  expect(String(everyPage["events"]?.())).toContain(`<a href="/events" aria-current="page">`);
});

test("pages before the login show neither navigation nor the host", () => {
  for (const name of ["login", "setup", "locked", "error-visitor"])
    expect(String(everyPage[name]?.())).not.toMatch(/<nav|quay-1|Log out/);
});

test("a page that stands still opens no stream", () => {
  expect(String(everyPage["deployment-failed"]?.())).not.toContain("hx-sse:connect");
  expect(String(everyPage["deployment-applying"]?.())).toContain(`hx-sse:connect="/live?page=deployment"`);
});
