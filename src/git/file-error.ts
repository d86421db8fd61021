import { TallymanError } from "../error.ts";

/** Runs work on the stack's directories; what the file system refuses becomes an error in words. */
export async function withFileErrors<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw fileError(what, thrown);
  }
}

function fileError(what: string, thrown: unknown): unknown {
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new TallymanError("DiskFull", `${what}: the disk is full`, {
      hint: "Free space under Tallyman's root directory.",
      cause: thrown,
    });
  }
  if (thrown instanceof TallymanError || !/^E[A-Z]+$/.test(code)) return thrown;
  return new TallymanError("WorkerFailed", `${what}: ${thrown instanceof Error ? thrown.message : code}`, {
    hint: "Check that Tallyman may write below its root directory.",
    cause: thrown,
  });
}
