import { existsSync, mkdirSync, readFileSync } from "node:fs";

const ANSWER_DEADLINE_MS = 1_500;

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

/**
 * What dockerd's environment needs here. Where `/` is no mount point (a folder entered by chroot), pivot_root cannot work;
 * DOCKER_RAMDISK makes the runtime move the mount instead.
 */
export function engineEnvironment(): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !/^(DOCKER_|BUN_|NOTIFY_SOCKET)/.test(name),
  );
  const environment: Record<string, string> = Object.fromEntries(inherited) as Record<string, string>;
  environment["PATH"] = `${environment["PATH"] ?? ""}:${searchPath}`;
  if (!mountPoints().some((mount) => mount.path === "/")) environment["DOCKER_RAMDISK"] = "true";
  return environment;
}

/** Mounts the control groups where a bare chroot or a small virtual machine has none; leaves every mount that is there. */
export function ensureControlGroups(): void {
  if (mountPoints().some((mount) => mount.type === "cgroup" || mount.type === "cgroup2")) return;
  const controllers = legacyControllers();
  if (controllers.length === 0) {
    mount("cgroup2", "/sys/fs/cgroup", "cgroup2");
    return;
  }
  mount("tmpfs", "/sys/fs/cgroup", "tmpfs", "mode=755");
  for (const controller of controllers) {
    mkdirSync(`/sys/fs/cgroup/${controller}`, { recursive: true });
    mount("cgroup", `/sys/fs/cgroup/${controller}`, "cgroup", controller);
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

function mount(type: string, path: string, source: string, options?: string): void {
  const argv = ["mount", "-t", type, ...(options === undefined ? [] : ["-o", options]), source, path];
  const done = Bun.spawnSync(argv, { env: { PATH: searchPath }, stderr: "pipe" });
  if (!done.success) throw new Error(`Could not mount ${path}: ${done.stderr.toString().trim()}`);
}
