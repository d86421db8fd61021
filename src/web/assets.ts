import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import inter from "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2" with { type: "file" };
import mono from "@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2" with {
  type: "file",
};
import { Elysia } from "elysia";
import hxSse from "htmx.org/dist/ext/hx-sse.min.js" with { type: "file" };
import htmx from "htmx.org/dist/htmx.min.js" with { type: "file" };
import type { AssetName } from "../../views/asset-name.ts";
import favicon from "../../views/assets/favicon.svg" with { type: "file" };
import pageScript from "../../views/assets/page.js" with { type: "file" };
import styles from "../../views/assets/tally.css" with { type: "file" };
import { TallymanError } from "../error.ts";

const FILES: Readonly<Record<AssetName, string>> = {
  "tally.css": styles,
  "page.js": pageScript,
  "favicon.svg": favicon,
  "htmx.js": htmx,
  "hx-sse.js": hxSse,
  "inter.woff2": inter,
  "jetbrains-mono.woff2": mono,
};

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  woff2: "font/woff2",
};

interface Assets {
  readonly digest: string;
  readonly bytes: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

let loaded: Assets | undefined;

/** Embedded in the binary; read when first asked for. One digest for all, so that the style's relative addresses stay true. */
function load(): Assets {
  if (loaded) return loaded;
  const digest = createHash("sha256");
  const bytes = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [name, path] of Object.entries(FILES)) {
    const content = new Uint8Array(readFileSync(path));
    bytes.set(name, content);
    digest.update(content);
  }
  loaded = { digest: digest.digest("hex").slice(0, 16), bytes };
  return loaded;
}

/** `/assets/<digest>/<name>`: changes with the content, so that browsers may keep it for ever. */
export function assetUrl(name: AssetName): string {
  return `/assets/${load().digest}/${name}`;
}

/** Style, scripts and fonts: the only files that this server hands out. */
export function assets() {
  return new Elysia().get("/assets/:digest/:name", ({ params }) => {
    const { digest, bytes } = load();
    const content = params.digest === digest ? bytes.get(params.name) : undefined;
    if (!content) throw new TallymanError("NotFound", "there is no such file", { hint: "Reload the page." });
    return new Response(content, {
      headers: {
        "content-type": TYPES[params.name.split(".").at(-1) ?? ""] ?? "application/octet-stream",
        "cache-control": "public, max-age=31536000, immutable",
      },
    });
  });
}
