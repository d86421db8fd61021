import { lchown, mkdir } from "node:fs/promises";

/** Who the worker runs as: never root, and the owner of what is mounted into it. */
export interface WorkerUser {
  readonly uid: number;
  readonly gid: number;
}

/** Nobody's uid on any distribution, so a worker of a root daemon owns nothing but what it is given. */
const UNPRIVILEGED: WorkerUser = { uid: 65532, gid: 65532 };

/** The daemon's own user, unless that is root. */
export function workerUser(): WorkerUser {
  const uid = process.getuid?.() ?? 0;
  return uid === 0 ? UNPRIVILEGED : { uid, gid: process.getgid?.() ?? uid };
}

export async function giveTo(user: WorkerUser, path: string): Promise<void> {
  if (process.getuid?.() === 0) await lchown(path, user.uid, user.gid);
}

/** A directory that only the worker (and root) can enter. */
export async function makeWorkerDirectory(user: WorkerUser, path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await giveTo(user, path);
}
