import { join } from "node:path";
import { secured } from "../../src/web/security-headers.ts";
import { type Markup, render } from "../../views/h.ts";
import { everyPage } from "./every-page.ts";

const ROOT = join(import.meta.dir, "../..");
const FILES: Readonly<Record<string, string>> = {
  "tally.css": "views/assets/tally.css",
  "page.js": "views/assets/page.js",
  "favicon.svg": "views/assets/favicon.svg",
  "htmx.js": "node_modules/htmx.org/dist/htmx.min.js",
  "hx-sse.js": "node_modules/htmx.org/dist/ext/hx-sse.min.js",
  "inter.woff2": "node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  "jetbrains-mono.woff2":
    "node_modules/@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2",
};

/** Every sample page at `/<name>`, with our assets and under our policy; the streams they ask for never answer. Call `stop`. */
export function openGallery(pages: Readonly<Record<string, () => Markup>> = everyPage) {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    fetch(request) {
      const name = new URL(request.url).pathname.split("/").at(-1) ?? "";
      const file = FILES[name];
      const sample = pages[name];
      if (file !== undefined) return secured(new Response(Bun.file(join(ROOT, file))), false);
      if (sample) return secured(new Response(render(sample()), { headers: { "content-type": "text/html" } }), false);
      return new Response(new ReadableStream({}), { headers: { "content-type": "text/event-stream" } });
    },
  });
  return { url: server.url.origin, stop: () => server.stop(true) };
}
