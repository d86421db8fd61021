import { csrfField, field, postButton } from "../form.tsx";
import { h, type Markup } from "../h.ts";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";

export interface RegistryEntry {
  readonly host: string;
  readonly username: string;
}

/** With whom images are pulled; passwords never come back. */
export function registriesSection(context: PageContext, logins: readonly RegistryEntry[]): Markup {
  return (
    <section id="registries" class="sheet" aria-labelledby="registries-title">
      <header>
        <h2 id="registries-title">Image registries</h2>
        <span class="faint">logins for private images, read anew at every pull</span>
      </header>
      {logins.length === 0 ? (
        <p class="pad quiet">No login yet. Public images need none.</p>
      ) : (
        <ul class="rows">{logins.map((login) => loginRow(context, login))}</ul>
      )}
      {loginForm(context)}
    </section>
  );
}

function loginRow(context: PageContext, { host, username }: RegistryEntry): Markup {
  return (
    <li class="row regrow">
      <b class="cut" title={host}>
        {host}
      </b>
      <span class="quiet cut" title={username}>
        as {username}
      </span>
      {postButton(context, {
        action: routes.removeRegistry,
        label: "Forget",
        kind: "plain",
        fields: { registry: host },
      })}
    </li>
  );
}

function loginForm(context: PageContext): Markup {
  return (
    <details class="more under">
      <summary>Log in to a registry</summary>
      <form method="post" action={routes.registries} class="fields" autocomplete="off">
        {csrfField(context.csrf)}
        {field({
          name: "registry",
          label: "Registry",
          required: true,
          mono: true,
          placeholder: "ghcr.io",
          hint: "As image names begin: ghcr.io, registry.example:5000; docker.io for Docker Hub.",
        })}
        <div class="pair">
          {field({ name: "username", label: "User name", required: true, mono: true })}
          {field({
            name: "secret",
            label: "Password or token",
            required: true,
            type: "password",
            autocomplete: "new-password",
          })}
        </div>
        <div class="actions">
          <button class="btn main" type="submit">
            Keep this login
          </button>
        </div>
      </form>
    </details>
  );
}
