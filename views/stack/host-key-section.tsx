import { postButton } from "../form.tsx";
import { Fragment, h, type Markup } from "../h.ts";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import { repositoryHost } from "./repository-text.ts";
import type { UnknownHost } from "./stack-view.ts";

/** Asks a person to vouch for an SSH server: nothing is sent to it before. */
export function hostKeySection(context: PageContext, stackName: string, unknownHost: UnknownHost): Markup {
  const { host, keys } = unknownHost;
  return (
    <section class="sheet" aria-labelledby="host-key-title">
      <header>
        <h2 id="host-key-title">Is this the right server?</h2>
        <span class="faint">nobody has vouched for {host} yet</span>
      </header>
      <div class="pad stacked">
        <p class="quiet">
          {host} shows {keys.length === 1 ? "this key" : "these keys"}. Compare one with {published(host)}, then accept
          that one. Tallyman refuses any other key from then on.
        </p>
        {keys.length === 0 ? <p class="bad">It shows no key at all. Is the address right?</p> : null}
        <ul class="fingerprints">
          {keys.map((key) => (
            <li>
              <span class="faint">{key.type}</span>
              <code class="key">{key.fingerprint}</code>
              {postButton(context, {
                action: routes.hostKeys,
                label: "Accept this key",
                fields: { host, fingerprint: key.fingerprint, stack: stackName },
              })}
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

function published(host: string): Markup {
  const pages: Readonly<Record<string, string>> = {
    "github.com":
      "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/githubs-ssh-key-fingerprints",
    "gitlab.com": "https://docs.gitlab.com/user/gitlab_com/#ssh-host-keys-fingerprints",
    "codeberg.org": "https://docs.codeberg.org/security/ssh-fingerprint/",
  };
  const page = pages[repositoryHost(`ssh://${host}`)];
  if (page === undefined) return <>what its owner publishes</>;
  return (
    <a class="link" href={page} rel="noreferrer noopener">
      the fingerprints its owner publishes
    </a>
  );
}
