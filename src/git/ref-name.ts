import { TallymanError } from "../error.ts";

/** A full object id: SHA-1 or SHA-256 in lowercase hex. */
export function isFullCommit(text: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

/**
 * A branch, tag, full ref or full commit, as `git check-ref-format` allows it. Throws InvalidInput that names `ref`.
 * Source: git-check-ref-format(1), rules 1 to 10.
 */
export function checkRefName(text: string): string {
  const fault = refFault(text);
  if (fault) {
    throw new TallymanError("InvalidInput", `ref: ${JSON.stringify(text)} ${fault}`, {
      hint: "Give a branch, a tag or a full commit; leave it out to follow the default branch.",
    });
  }
  return text;
}

/**
 * A path inside the repository, relative, with `/`; "" is the root. Throws InvalidInput that names `field`.
 * Refused: absolute paths, `..`, `.git` in any spelling of case, backslashes, control characters.
 */
export function checkRepositoryPath(text: string, field: string): string {
  const fault = pathFault(text);
  if (fault) {
    throw new TallymanError("InvalidInput", `${field}: ${JSON.stringify(text)} ${fault}`, {
      hint: "Give a path relative to the repository's root, such as apps/shop.",
    });
  }
  return text.replace(/\/+$/, "");
}

function refFault(text: string): string | null {
  if (text === "") return "is empty";
  if (text.length > 255) return "is longer than 255 characters";
  if (text.startsWith("-")) return "begins with a dash";
  if (/[\s\p{Cc}\p{Cf}~^:?*[\\]/u.test(text)) return "holds a character that no ref may hold";
  if (text === "@" || text.includes("..") || text.includes("@{") || text.includes("//")) return "is no ref name";
  if (text.startsWith("/") || text.endsWith("/") || text.endsWith(".")) return "is no ref name";
  if (text.split("/").some((part) => part.startsWith(".") || part.endsWith(".lock"))) return "is no ref name";
  return null;
}

function pathFault(text: string): string | null {
  if (text === "") return null;
  if (text.length > 1024) return "is longer than 1024 characters";
  if (text.startsWith("-")) return "begins with a dash";
  if (/[\p{Cc}\\]/u.test(text)) return "holds a backslash or a control character";
  if (text.startsWith("/")) return "is absolute";
  const parts = text.split("/");
  if (parts.includes("..")) return "leaves the repository";
  if (parts.some((part) => part.toLowerCase() === ".git")) return "points into .git";
  return null;
}
