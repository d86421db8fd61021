import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { programPath } from "../../.ci/engine-host.ts";
import { freePort, temporaryDirectory } from "./temporary.ts";
import { until } from "./waiting.ts";

/** Debian's docker-registry on the loopback; an Engine pulls from 127.0.0.0/8 without TLS. */
export interface TestRegistry {
  /** `127.0.0.1:port`, the first part of an image reference. */
  readonly host: string;
  stop(): Promise<void>;
}

export async function serveRegistry(
  options: { readonly auth?: { readonly username: string; readonly password: string }; readonly port?: number } = {},
): Promise<TestRegistry> {
  const directory = temporaryDirectory("registry");
  const port = options.port ?? freePort();
  const config = join(directory.path, "config.yml");
  mkdirSync(join(directory.path, "data"));
  const lines = ["version: 0.1", "log: { level: error }", `http: { addr: "127.0.0.1:${port}" }`].concat([
    `storage: { filesystem: { rootdirectory: "${directory.path}/data" }, delete: { enabled: true } }`,
  ]);
  if (options.auth !== undefined) {
    const hash = await Bun.password.hash(options.auth.password, { algorithm: "bcrypt", cost: 4 });
    writeFileSync(join(directory.path, "htpasswd"), `${options.auth.username}:${hash}\n`);
    lines.push(`auth: { htpasswd: { realm: test, path: "${directory.path}/htpasswd" } }`);
  }
  writeFileSync(config, `${lines.join("\n")}\n`);
  const child = Bun.spawn([programPath("docker-registry") ?? "docker-registry", "serve", config], {
    stdio: ["ignore", "ignore", "ignore"],
  });
  const host = `127.0.0.1:${port}`;
  await until("the registry answers", async () => (await fetch(`http://${host}/v2/`)).status < 500, 20_000);
  return {
    host,
    async stop() {
      child.kill("SIGTERM");
      await child.exited;
      directory.remove();
    },
  };
}
