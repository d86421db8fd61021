import { csrfField } from "./form.tsx";
import { type Child, h, type Markup } from "./h.ts";
import { mark } from "./mark.tsx";
import { menu } from "./menu.tsx";
import type { PageContext, Piece } from "./page-context.ts";
import { routes } from "./routes.ts";

interface Layout {
  readonly title: string;
  readonly section: "stacks" | "events" | "host" | null;
  /** Address of the page's event stream; null for a page that stands still. */
  readonly live: string | null;
  readonly children: Child;
}

/** The frame of every page behind the login. */
export function layout(context: PageContext, { title, section, live, children }: Layout): Markup {
  return (
    <html lang="en">
      {head(context, title, live !== null)}
      <body>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        {bar(context, section)}
        <main id="main">{children}</main>
        {live === null ? null : stream(context, live)}
      </body>
    </html>
  );
}

/**
 * Scripts that the parser waits for: htmx looks at the document once it is read, and by then its extension must be there. Deferred
 * ones come after that moment, each when it has arrived, so that an extension which came late would never see the page.
 */
function stream({ assetUrl }: PageContext, address: string): readonly Markup[] {
  return [
    <div id="live" hidden hx-sse:connect={address} hx-trigger="load, every 10s" hx-swap="none" />,
    <p id="stale" class="stale" role="status" />,
    <script src={assetUrl("htmx.js")} />,
    <script src={assetUrl("hx-sse.js")} />,
  ];
}

/** The frame of pages without navigation: login, setup, errors before the login. */
export function plainLayout(context: PageContext, title: string, children: Child): Markup {
  return (
    <html lang="en">
      {head(context, title, false)}
      <body class="plain">
        <main id="main" class="card">
          <a class="brand" href={routes.overview}>
            {mark()}
            <span>Tallyman</span>
          </a>
          {children}
        </main>
      </body>
    </html>
  );
}

/**
 * Nothing but our own server is asked, no other extension may join, and the history stays the browser's. The stream is asked for again at most 4.6 s after it broke (the longest delay and its jitter): the extension's own back-off grows to a
 * minute. A server that does not answer is given up soon, for the same reason.
 */
const HTMX = JSON.stringify({
  mode: "same-origin",
  extensions: "sse",
  history: false,
  includeIndicatorCSS: false,
  sse: { reconnectDelay: 500, reconnectMaxDelay: 3_500, reconnectJitter: 0.3, connectTimeout: 10_000 },
});

function head({ assetUrl }: PageContext, title: string, live: boolean): Markup {
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{`${title} · Tallyman`}</title>
      <link rel="icon" type="image/svg+xml" href={assetUrl("favicon.svg")} />
      <link rel="preload" href={assetUrl("inter.woff2")} as="font" type="font/woff2" crossorigin="anonymous" />
      <link rel="stylesheet" href={assetUrl("tally.css")} />
      <script src={assetUrl("page.js")} defer />
      {live ? <meta name="htmx-config" content={HTMX} /> : null}
    </head>
  );
}

function bar(context: PageContext, section: Layout["section"]): Markup {
  const link = (name: Layout["section"], href: string, label: string) => (
    <a href={href} aria-current={name === section ? "page" : undefined}>
      {label}
    </a>
  );
  return (
    <header class="bar">
      <a class="brand" href={routes.overview} aria-label="Tallyman, all stacks">
        {mark()}
        <span>Tallyman</span>
      </a>
      <nav aria-label="Main">
        {link("stacks", routes.overview, "Stacks")}
        {link("events", routes.events, "Events")}
        {link("host", routes.host, "Host")}
      </nav>
      <span class="fill" />
      {hostSummary(context)}
      {context.userName === null ? null : account(context, context.userName)}
    </header>
  );
}

/** The bar's word on the host, which every live page keeps true. */
export function hostPiece(context: PageContext): Piece {
  return { target: "#host", html: hostSummary(context).toString() };
}

function hostSummary({ host }: PageContext): Markup {
  if (!host)
    return (
      <span id="host" class="host bad">
        Engine does not answer
      </span>
    );
  return (
    <span id="host" class="host">
      <span class="cut">{host.name}</span>
      <span class="nowrap">Engine {host.engineVersion}</span>
      <span class="num nowrap">{host.containers === 1 ? "1 container" : `${host.containers} containers`}</span>
    </span>
  );
}

function account(context: PageContext, userName: string): Markup {
  return menu({
    label: <span class="cut">{userName}</span>,
    plain: true,
    children: (
      <form method="post" action={routes.logout}>
        {csrfField(context.csrf)}
        <button class="btn plain" type="submit">
          Log out
        </button>
      </form>
    ),
  });
}
