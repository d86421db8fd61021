import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { programPath } from "../../.ci/engine-host.ts";
import { output } from "./command.ts";
import { freePort, temporaryDirectory } from "./temporary.ts";
import { until } from "./waiting.ts";

/** A key pair as `ssh-keygen` makes it. */
export interface SshKey {
  /** OpenSSH PEM. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA… comment`. */
  readonly publicKey: string;
  readonly file: string;
}

export interface SshHostKey {
  readonly type: string;
  readonly key: string;
  /** `SHA256:…`. */
  readonly fingerprint: string;
}

/** A real sshd on the loopback that serves the bare repositories below `root` to authorized keys. */
export interface GitSshServer {
  readonly port: number;
  /** As known_hosts spells it: `[127.0.0.1]:port`. */
  readonly host: string;
  readonly hostKeys: readonly SshHostKey[];
  /** `ssh://user@127.0.0.1:port/…/name.git`. */
  url(repositoryName?: string): string;
  /** Lets a key read every repository; nothing else can be done with it. */
  authorize(publicKey: string): void;
  revokeAll(): void;
  /** Ends the server and starts it on the same port with other host keys. */
  replaceHostKeys(): Promise<void>;
  /** What sshd logged. */
  log(): string;
  stop(): Promise<void>;
}

export async function createSshKey(directory: string, name: string, type = "ed25519"): Promise<SshKey> {
  const file = join(directory, name);
  await output(["ssh-keygen", "-q", "-t", type, "-N", "", "-C", name, "-f", file]);
  return {
    file,
    privateKey: readFileSync(file, "utf8"),
    publicKey: readFileSync(`${file}.pub`, "utf8").trim(),
  };
}

export async function serveGitOverSsh(options: {
  readonly root: string;
  readonly port?: number;
}): Promise<GitSshServer> {
  const directory = temporaryDirectory("git-ssh");
  const at = (name: string): string => join(directory.path, name);
  chmodSync(directory.path, 0o755);
  const port = options.port ?? freePort();
  const user = await output(["id", "-un"]);
  writeFileSync(at("authorized_keys"), "");
  let hostKeys: readonly SshHostKey[] = [];
  let child: ReturnType<typeof startSshd> | undefined;

  const start = async (): Promise<void> => {
    hostKeys = [await createHostKey(at("host_ed25519"), "ed25519"), await createHostKey(at("host_ecdsa"), "ecdsa")];
    writeFileSync(at("sshd_config"), sshdConfig(directory.path, port));
    const started = startSshd(at("sshd_config"), at("sshd.log"));
    child = started;
    await until("sshd listens", () => started.exitCode === null && greets(port), 20_000).catch((cause: unknown) => {
      throw new Error(`sshd did not start: ${readFileSync(at("sshd.log"), "utf8")}`, { cause });
    });
  };
  const end = async (): Promise<void> => {
    child?.kill("SIGTERM");
    await child?.exited;
  };
  await start();
  return {
    port,
    host: `[127.0.0.1]:${port}`,
    get hostKeys() {
      return hostKeys;
    },
    url: (repositoryName = "sample") => `ssh://${user}@127.0.0.1:${port}${join(options.root, repositoryName)}.git`,
    authorize(publicKey) {
      appendFileSync(
        at("authorized_keys"),
        `restrict,command="git-shell -c \\"$SSH_ORIGINAL_COMMAND\\"" ${publicKey}\n`,
      );
    },
    revokeAll: () => writeFileSync(at("authorized_keys"), ""),
    async replaceHostKeys() {
      await end();
      for (const name of ["host_ed25519", "host_ecdsa"]) for (const suffix of ["", ".pub"]) rmSync(at(name) + suffix);
      await start();
    },
    log: () => readFileSync(at("sshd.log"), "utf8"),
    async stop() {
      await end();
      directory.remove();
    },
  };
}

function startSshd(config: string, log: string) {
  // Without its own privilege separation directory sshd refuses to start; a service manager would have made it.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  return Bun.spawn([programPath("sshd") ?? "/usr/sbin/sshd", "-D", "-f", config, "-E", log], {
    stdio: ["ignore", "ignore", "ignore"],
  });
}

function sshdConfig(directory: string, port: number): string {
  const settings: Readonly<Record<string, string>> = {
    Port: String(port),
    ListenAddress: "127.0.0.1",
    PidFile: "none",
    AuthorizedKeysFile: join(directory, "authorized_keys"),
    StrictModes: "no",
    UsePAM: "no",
    PasswordAuthentication: "no",
    KbdInteractiveAuthentication: "no",
    PermitRootLogin: "prohibit-password",
    AcceptEnv: "GIT_PROTOCOL",
    MaxStartups: "200",
    UseDNS: "no",
    LogLevel: "VERBOSE",
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  return `${[...lines, `HostKey ${join(directory, "host_ed25519")}`, `HostKey ${join(directory, "host_ecdsa")}`].join("\n")}\n`;
}

async function createHostKey(file: string, type: string): Promise<SshHostKey> {
  await output(["ssh-keygen", "-q", "-t", type, "-N", "", "-C", "", "-f", file]);
  const [keyType = "", key = ""] = readFileSync(`${file}.pub`, "utf8").trim().split(" ");
  const fingerprint = (await output(["ssh-keygen", "-l", "-f", `${file}.pub`])).split(" ")[1] ?? "";
  return { type: keyType, key, fingerprint };
}

/** Whether something on the port says hello as an SSH server does. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    void Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        data(socket, bytes) {
          resolve(bytes.toString().startsWith("SSH-2.0"));
          socket.end();
        },
        close: () => resolve(false),
        connectError: () => resolve(false),
        error: () => resolve(false),
      },
    }).catch(() => resolve(false));
  });
}
