import { Elysia } from "elysia";
import { TallymanError } from "../error.ts";
import type { Stack } from "../stack.ts";
import { HOST_KEY } from "./api-schema.ts";
import { record } from "./audit.ts";
import { type Caller, callerName, callerOf } from "./caller.ts";
import { describeRoute } from "./openapi.ts";
import { askForPass } from "./passes.ts";
import { equalSecret } from "./secret-token.ts";
import type { Web } from "./web-context.ts";

const LEARN_WITHIN_MS = 15_000;

/** `/api/v1/host-keys`: SSH servers that an operator vouched for. */
export function hostKeys(web: Web) {
  return new Elysia({ prefix: "/api/v1/host-keys", normalize: false })
    .get("", () => web.store.hostKeys.list(), describeRoute("Pinned host keys"))
    .post(
      "",
      async ({ body, request, status }) =>
        status(201, await acceptHostKey(web, callerOf(request), body.host, body.fingerprint)),
      { body: HOST_KEY, ...describeRoute("Pin the key that bears this fingerprint, if the server shows it", 201) },
    )
    .delete(
      "/:host",
      async ({ params, request }) => {
        const name = knownHostsName(params.host);
        if ((await web.store.hostKeys.keysOf(name)).length === 0)
          throw new TallymanError("NotFound", `no key of ${name.slice(0, 100)} is pinned`, {
            hint: "`tallyman host-key list` shows all that are.",
          });
        await web.store.hostKeys.forget(name);
        await record(web, callerOf(request), "host key forgotten", name);
        return { forgotten: name };
      },
      describeRoute("Forget a server's keys"),
    );
}

/** People write `host:port`; known_hosts, and so the store, `[host]:port`, and for port 22 the host alone. */
function knownHostsName(text: string): string {
  const [, host, port] = /^\[?([^[\]:]+)\]?:(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined) return text.toLowerCase();
  return port === "22" ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** Learns the server's keys and pins the one whose fingerprint the operator compared. Throws HostKeyChanged when none bears it. */
export async function acceptHostKey(web: Web, caller: Caller, host: string, fingerprint: string) {
  const learned = await web.learnHostKeys(host, AbortSignal.timeout(LEARN_WITHIN_MS));
  const match = learned.find((key) => equalSecret(key.fingerprint, fingerprint));
  if (!match)
    throw new TallymanError(
      "HostKeyChanged",
      `${host} shows ${learned.map((key) => key.fingerprint).join(", ") || "no key"}, not ${fingerprint.slice(0, 60)}`,
      {
        hint: "Ask whoever runs that server which fingerprint is right; accept only that one.",
      },
    );
  const key = { ...match, addedBy: callerName(caller), addedAt: web.now().toISOString() };
  await web.store.hostKeys.pin(key);
  await record(web, caller, "host key accepted", `${key.host} ${key.fingerprint}`);
  await retryStacksOf(web, key.host);
  return key;
}

/** Stacks that waited for this key need not wait for their next poll. */
async function retryStacksOf(web: Web, host: string): Promise<void> {
  const stacks = await web.store.stacks.list();
  const readOverIt = ({ origin, repository }: Stack) =>
    origin === "git" && web.readRemote(repository).hostKeyName === host;
  for (const { name } of stacks.filter(readOverIt)) askForPass(web, name, "settings").catch(() => undefined);
}
