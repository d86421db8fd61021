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
 * How to start dockerd. In a folder entered by chroot `/` is no mount point, so the Engine could neither make it private nor pivot
 * away from it, and what is executed in a container later would see the host's files, because that joins the root of the mount
 * namespace. There dockerd gets a mount namespace of its own whose root is our tree.
 */
export function engineCommand(argv: readonly string[]): string[] {
  if (mountPoints().some((mount) => mount.path === "/")) return [...argv];
  return ["unshare", "--mount", "--propagation", "unchanged", "sh", "-c", LEAVE_CHROOT, "sh", ENTER_TREE, ...argv];
}

/** Joining one's own mount namespace leads out of the chroot; descriptor 9 remembers our tree. */
const LEAVE_CHROOT = 'exec 9</ && exec nsenter --mount=/proc/self/ns/mnt -- sh -c "$@"';
const ENTER_TREE =
  "mount --make-rprivate / && mount --rbind /proc/self/fd/9 /mnt && cd /mnt && exec 9<&- && " +
  'pivot_root . mnt && cd / && umount -l /mnt && exec "$0" "$@"';

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
