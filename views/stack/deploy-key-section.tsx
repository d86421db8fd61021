import type { Stack } from "../../src/stack.ts";
import { copyButton } from "../commit.tsx";
import { Fragment, h, type Markup } from "../h.ts";
import { repositoryHost, repositoryName, repositoryPage } from "./repository-text.ts";

/** The public half of the key with which this stack reads its repository, and where exactly to paste it. */
export function deployKeySection(stack: Stack, publicKey: string): Markup {
  const own = stack.credential === "deploy-key";
  return (
    <section class="sheet" aria-labelledby="key-title">
      <header>
        <h2 id="key-title">{own ? "Deploy key" : "SSH key"}</h2>
        <span class="faint">the public half; the private one never leaves this host</span>
      </header>
      <div class="pad stacked">
        <div class="keyline">
          <code class="key">{publicKey}</code>
          {copyButton(publicKey, "Copy the public key")}
        </div>
        <p class="quiet">{whereToPaste(stack)}</p>
      </div>
    </section>
  );
}

type Forge = "github" | "gitlab" | "gitea" | "bitbucket" | "other";

function forgeOf(host: string): Forge {
  if (/(^|\.)github\./.test(host)) return "github";
  if (/(^|\.)gitlab\./.test(host)) return "gitlab";
  if (/(^|\.)(gitea|forgejo|codeberg)\./.test(host)) return "gitea";
  return /(^|\.)bitbucket\./.test(host) ? "bitbucket" : "other";
}

function whereToPaste(stack: Stack): Markup {
  const page = repositoryPage(stack.repository);
  switch (forgeOf(repositoryHost(stack.repository))) {
    case "github":
      return place(
        "Settings → Deploy keys → Add deploy key",
        page && `${page}/settings/keys/new`,
        "Leave “Allow write access” off.",
      );
    case "gitlab":
      return place(
        "Settings → Repository → Deploy keys → Add new key",
        page && `${page}/-/settings/repository`,
        "Leave “Grant write permissions” off.",
      );
    case "gitea":
      return place(
        "Settings → Deploy Keys → Add Deploy Key",
        page && `${page}/settings/keys`,
        "Leave “Enable write access” off.",
      );
    case "bitbucket":
      return place(
        "Repository settings → Access keys → Add key",
        page && `${page}/admin/access-keys/`,
        "Access keys read only.",
      );
    case "other":
      return (
        <>
          Add it as a read-only deploy key of <b>{repositoryName(stack.repository)}</b>. On GitHub, GitLab, Gitea and
          Forgejo that is in the repository’s settings under “Deploy keys”; on a plain SSH server it is a line of{" "}
          <code>~/.ssh/authorized_keys</code>.
        </>
      );
  }
}

function place(path: string, link: string | null, last: string): Markup {
  return (
    <>
      Paste it in the repository under{" "}
      {link === null ? (
        <b>{path}</b>
      ) : (
        <a class="link" href={link} rel="noreferrer noopener">
          {path}
        </a>
      )}
      . {last}
    </>
  );
}
