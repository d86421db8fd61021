import type { Demo } from "./demo.ts";

export interface DemoAddresses {
  readonly root: string;
  /** The overview page. */
  readonly url: string;
  /** Null once somebody has set up the first user. */
  readonly setupLink: string | null;
}

/** What the person who started the demo is told: where to look, how to push a change, how to break it. */
export function demoBanner(demo: Pick<Demo, "repositoryPath" | "pageUrl">, addresses: DemoAddresses): string {
  const { root, url, setupLink } = addresses;
  const begin = setupLink === null ? `Open:            ${url}` : `Begin here:      ${setupLink}`;
  return `
${begin}
${demo.pageUrl === null ? "" : `The sample says: ${demo.pageUrl}\n`}Its repository:  ${demo.repositoryPath}

Push a change (deployed within 15 seconds):

  git clone -c user.name=Me -c user.email=me@localhost ${quoted(demo.repositoryPath)} sample && cd sample
  sed -i 's/GREETING: .*/GREETING: "Hello again"/' compose.yaml
  git commit -qam "Say hello again" && git push -q

Break it, and see the former containers come back:

  sed -i 's/BROKEN: .*/BROKEN: "yes"/' compose.yaml && git commit -qam "Break the page" && git push -q

The same from the command line: tallyman status sample --root ${quoted(root)}

`;
}

/** One word for a POSIX shell. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
