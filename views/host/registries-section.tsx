import { csrfField, field, removal } from "../form.tsx";
import { h, type Markup } from "../h.ts";
import { complaintNote } from "../note.tsx";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import type { Complaint } from "../stack/stack-view.ts";

export interface RegistryEntry {
  readonly host: string;
  readonly username: string;
}

/** A login that was refused, as it was typed; the password never comes back. */
export interface RefusedLogin {
  readonly registry: string;
  readonly username: string;
  readonly error: Complaint;
}

/** With whom images are pulled; passwords never come back. */
export function registriesSection(
  context: PageContext,
  logins: readonly RegistryEntry[],
  refused: RefusedLogin | null,
): Markup {
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
      {loginForm(context, refused)}
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
      {removal(context, {
        asks: "Forget…",
        consequence: "Private images of this registry can no longer be pulled. What runs goes on running.",
        action: routes.removeRegistry,
        label: `Forget the login at ${host}`,
        fields: { registry: host },
      })}
    </li>
  );
}

function loginForm(context: PageContext, refused: RefusedLogin | null): Markup {
  return (
    <details class="more under" open={refused !== null}>
      <summary>Log in to a registry</summary>
      <form method="post" action={routes.registries} class="fields" autocomplete="off">
        {csrfField(context.csrf)}
        {refused ? complaintNote(refused.error) : null}
        {field({
          name: "registry",
          label: "Registry",
          value: refused?.registry,
          required: true,
          mono: true,
          placeholder: "ghcr.io",
          hint: "As image names begin: ghcr.io, registry.example:5000; docker.io for Docker Hub.",
        })}
        <div class="pair">
          {field({ name: "username", label: "User name", value: refused?.username, required: true, mono: true })}
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
