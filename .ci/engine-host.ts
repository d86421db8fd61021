import { existsSync, mkdirSync, readFileSync } from "node:fs";

const ANSWER_DEADLINE_MS = 1_500;
const PRIVATE_MOUNT = "/run/tallyman-engine";

/** Programs of Debian's sbin are found also when the shell's PATH lacks it. */
export const searchPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"].join(":");

/** Absolute path of a program, or null. */
export function programPath(name: string): string | null {
  return Bun.which(name, { PATH: `${process.env["PATH"] ?? ""}:${searchPath}` });
}

/** Whether an Engine answers on this unix socket. */
export async function engineAnswers(socketPath: string): Promise<boolean> {
  if (!existsSync(socketPath)) return false;
  try {
    const answer = await fetch("http://engine/_ping", {
      unix: socketPath,
      signal: AbortSignal.timeout(ANSWER_DEADLINE_MS),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

/** Waits until an Engine answers; false at the deadline, or as soon as `alive` says that it never will. */
export async function waitForEngine(socketPath: string, deadlineMs: number, alive: () => boolean): Promise<boolean> {
  const end = performance.now() + deadlineMs;
  while (performance.now() < end && alive()) {
    if (await engineAnswers(socketPath)) return true;
    await Bun.sleep(100);
  }
  return false;
}

/** The environment in which dockerd, containerd and apt are started: without what was meant for us. */
export function engineEnvironment(): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !/^(DOCKER_|BUN_|TALLYMAN_|NOTIFY_SOCKET)/.test(name)) environment[name] = value;
  }
  environment["PATH"] = `${environment["PATH"] ?? ""}:${searchPath}`;
  return environment;
}

/**
 * How to start dockerd or containerd. In a folder entered by chroot `/` is no mount point, and the Engine can neither make it
 * private nor pivot away from it; there it gets the same tree once more, bound below a private mount. (DOCKER_RAMDISK would start
 * containers too, but what is executed in them later would see the host's files.)
 */
export function engineCommand(argv: readonly string[]): string[] {
  if (rootIsMountPoint()) return [...argv];
  const root = `${PRIVATE_MOUNT}/root`;
  if (!mountPoints().some((mount) => mount.path === root)) {
    mkdirSync(PRIVATE_MOUNT, { recursive: true });
    mount(["-t", "tmpfs", "-o", "mode=700", "tmpfs", PRIVATE_MOUNT]);
    mount(["--make-private", PRIVATE_MOUNT]);
    mkdirSync(root);
    mount(["--rbind", "/", root]);
    mount(["--make-rslave", root]);
  }
  return ["chroot", root, ...argv];
}

function rootIsMountPoint(): boolean {
  return mountPoints().some((mount) => mount.path === "/");
}

/** Mounts the control groups where a bare chroot or a small virtual machine has none; leaves every mount that is there. */
export function ensureControlGroups(): void {
  if (mountPoints().some((mount) => mount.type === "cgroup" || mount.type === "cgroup2")) return;
  const controllers = legacyControllers();
  if (controllers.length === 0) {
    mount(["-t", "cgroup2", "cgroup2", "/sys/fs/cgroup"]);
    return;
  }
  mount(["-t", "tmpfs", "-o", "mode=755", "tmpfs", "/sys/fs/cgroup"]);
  for (const controller of controllers) {
    mkdirSync(`/sys/fs/cgroup/${controller}`, { recursive: true });
    mount(["-t", "cgroup", "-o", controller, "cgroup", `/sys/fs/cgroup/${controller}`]);
  }
}

interface MountPoint {
  readonly path: string;
  readonly type: string;
}

/** The mounts that this process can see. */
export function mountPoints(): readonly MountPoint[] {
  const lines = readFileSync("/proc/self/mountinfo", "utf8").trim().split("\n");
  return lines.map((line) => {
    const [before = "", after = ""] = line.split(" - ");
    return { path: before.split(" ")[4] ?? "", type: after.split(" ")[0] ?? "" };
  });
}

/** Controllers bound to a version 1 hierarchy on this kernel: they cannot be had through cgroup2. */
function legacyControllers(): readonly string[] {
  const rows = readFileSync("/proc/cgroups", "utf8").trim().split("\n").slice(1);
  return rows
    .map((row) => row.split("\t"))
    .filter(([, hierarchy, , enabled]) => hierarchy !== "0" && enabled === "1")
    .map(([name = ""]) => name);
}

function mount(options: readonly string[]): void {
  const done = Bun.spawnSync(["mount", ...options], { env: { PATH: searchPath }, stderr: "pipe" });
  if (!done.success) throw new Error(`\`mount ${options.join(" ")}\` failed: ${done.stderr.toString().trim()}`);
}
