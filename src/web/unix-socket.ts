import { chmod, lstat, mkdir, unlink } from "node:fs/promises";
import { connect } from "node:net";
import { dirname } from "node:path";
import { TallymanError } from "../error.ts";

/** Source: sun_path in unix(7) holds 108 bytes, its end included. */
const LONGEST_PATH = 107;
const CONNECT_WITHIN_MS = 1_000;

/**
 * Makes room for our socket. Its directory belongs to us alone (0700), so that nobody can reach it in the moment before its own mode is
 * set. A socket that nobody answers on was left by a process that was killed. Throws AlreadyRunning, InvalidInput.
 */
export async function claimSocketPath(socketPath: string): Promise<void> {
  if (Buffer.byteLength(socketPath) > LONGEST_PATH)
    throw new TallymanError(
      "InvalidInput",
      `root: the socket's path would be longer than ${LONGEST_PATH} bytes: ${socketPath}`,
      {
        hint: "Choose a root directory with a shorter path.",
      },
    );
  await mkdir(dirname(socketPath), { recursive: true, mode: 0o700 });
  await chmod(dirname(socketPath), 0o700);
  const found = await lstat(socketPath).catch(() => null);
  if (found === null) return;
  if (!found.isSocket())
    throw new TallymanError("InvalidInput", `${socketPath} is in the way: it is not a socket`, {
      hint: "Move it elsewhere.",
    });
  if (await answers(socketPath))
    throw new TallymanError("AlreadyRunning", "another Tallyman serves this root directory", {
      hint: "Stop it first, or give --root another directory.",
    });
  await unlink(socketPath);
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const done = (alive: boolean) => () => {
      socket.destroy();
      resolve(alive);
    };
    socket.setTimeout(CONNECT_WITHIN_MS, done(true));
    socket.once("connect", done(true));
    socket.once("error", done(false));
  });
}
