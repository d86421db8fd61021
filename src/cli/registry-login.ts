import type { Command } from "commander";
import { type Context, clientCommand, openSession } from "./command-context.ts";
import { plainText } from "./plain-text.ts";

/** People paste addresses; an image names only the host. */
export function registryPath(host: string): string {
  const name = host.replace(/^https?:\/\//i, "").replace(/\/.*$/, "");
  return `/registries/${encodeURIComponent(name)}`;
}

export function addRegistryLogin(group: Command, context: Context): void {
  clientCommand(group, "login <host>", "keep a login; the password or token is read from standard input")
    .requiredOption("--username <name>", "user name that the registry knows")
    .addHelpText("after", "\nThe host as image names begin: ghcr.io, registry.example:5000; docker.io for Docker Hub.")
    .action(async (host: string, { username }: { username: string }, self: Command) => {
      const { client, json, print, printJson } = openSession(context, self);
      const secret = (await context.tools.readStdin()).trim();
      const path = registryPath(host);
      const answer = await client.json<{ readonly host: string }>(path, { method: "PUT", body: { username, secret } });
      if (json) printJson(answer);
      else print(`images of ${plainText(answer.host)} are pulled as ${plainText(username)} from now on\n`);
    });
}
