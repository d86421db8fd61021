import inter from "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2" with { type: "file" };
import jetbrainsMono from "@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2" with {
  type: "file",
};
import hxSse from "htmx.org/dist/ext/hx-sse.min.js" with { type: "file" };
import htmx from "htmx.org/dist/htmx.min.js" with { type: "file" };
import type { AssetName } from "./asset-name.ts";
import favicon from "./assets/favicon.svg" with { type: "file" };
import page from "./assets/page.js" with { type: "file" };
import stylesheet from "./assets/tally.css" with { type: "file" };

export interface Asset {
  readonly name: AssetName;
  readonly contentType: string;
  /** Of the file to open; inside the binary one that is embedded. */
  readonly path: string;
}

/**
 * Everything a page loads. To be served from ONE folder (`/assets/<hash of all>/<name>`): the stylesheet names its fonts relatively,
 * so that whoever serves it need not rewrite it.
 */
export const assets: readonly Asset[] = [
  { name: "tally.css", contentType: "text/css; charset=utf-8", path: stylesheet },
  { name: "page.js", contentType: "text/javascript; charset=utf-8", path: page },
  { name: "htmx.js", contentType: "text/javascript; charset=utf-8", path: htmx },
  { name: "hx-sse.js", contentType: "text/javascript; charset=utf-8", path: hxSse },
  { name: "favicon.svg", contentType: "image/svg+xml", path: favicon },
  { name: "inter.woff2", contentType: "font/woff2", path: inter },
  { name: "jetbrains-mono.woff2", contentType: "font/woff2", path: jetbrainsMono },
];
