import type { TallymanError } from "../error.ts";

const e = (s: string) => Bun.escapeHTML(s);
export async function loginPage(p: { csrf: string; name: string; error: TallymanError | null }): Promise<string> {
  return `<!doctype html><form method="post" action="/login">${p.error ? e(p.error.message) : ""}<input type="hidden" name="csrf" value="${e(p.csrf)}"><input name="name" value="${e(p.name)}"><input name="password" type="password"><button>Log in</button></form>`;
}
export async function setupPage(p: {
  csrf: string;
  token: string;
  name: string;
  error: TallymanError | null;
}): Promise<string> {
  return `<!doctype html><form method="post">${p.error ? e(p.error.message) : ""}<input type="hidden" name="csrf" value="${e(p.csrf)}"><input name="name" value="${e(p.name)}"><input name="password" type="password"><input name="repeated" type="password"><button>Create</button></form>`;
}
export async function lockedPage(): Promise<string> {
  return `<!doctype html><p>Open the setup link that tallyman printed when it started.</p>`;
}
