import type { Reason } from "../error.ts";

/** The exit codes of every command: part of the interface. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  notHealthy: 3,
  outOfSync: 4,
  unreachable: 5,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What an error with this reason ends a command with. */
export function exitCodeOf(reason: Reason): ExitCode {
  if (reason === "InvalidInput") return EXIT.usage;
  if (reason === "DaemonUnreachable") return EXIT.unreachable;
  return reason === "NotHealthy" ? EXIT.notHealthy : EXIT.failed;
}
