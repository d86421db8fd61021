/** What `assets.ts` lists, by the name in its URL. */
export type AssetName =
  | "tally.css"
  | "page.js"
  | "htmx.js"
  | "hx-sse.js"
  | "favicon.svg"
  | "inter.woff2"
  | "jetbrains-mono.woff2";
