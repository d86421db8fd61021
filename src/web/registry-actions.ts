import { TallymanError } from "../error.ts";
import { registryHost } from "../store/registry-login-store.ts";
import { record } from "./audit.ts";
import type { Caller } from "./caller.ts";
import { checkAllStacks } from "./stack-actions.ts";
import type { Web } from "./web-context.ts";

export interface NewLogin {
  readonly username: string;
  readonly secret: string;
}

/** Keeps a registry's login, in place of the one before. Stacks that wait for it look again at once. Returns its host. Throws InvalidInput. */
export async function logInToRegistry(web: Web, caller: Caller, hostText: string, given: NewLogin): Promise<string> {
  const host = registryHost(hostText);
  const username = given.username.trim();
  await web.store.registryLogins.set({ host, username, secret: given.secret });
  await record(web, caller, "registry login set", `${username} at ${host}`);
  await checkAllStacks(web);
  return host;
}

/** Returns the host. Throws NotFound and InvalidInput. */
export async function logOutOfRegistry(web: Web, caller: Caller, hostText: string): Promise<string> {
  const host = registryHost(hostText);
  if (!(await web.store.registryLogins.list()).some((login) => login.host === host))
    throw new TallymanError("NotFound", `there is no login for ${host}`, {
      hint: "`tallyman registry list` shows all of them.",
    });
  await web.store.registryLogins.remove(host);
  await record(web, caller, "registry login removed", host);
  return host;
}

/** With whom images are pulled; passwords stay in the store. */
export async function logins(web: Web): Promise<readonly { readonly host: string; readonly username: string }[]> {
  return (await web.store.registryLogins.list()).map(({ host, username }) => ({ host, username }));
}
