import { TallymanError } from "./error.ts";

/** Folders in which, at any depth, nobody keeps a project. */
const SYSTEM = ["bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "run", "sbin", "sys", "usr"];
const SYSTEM_BELOW_VAR = ["lib/docker", "lib/containerd", "log", "run", "spool", "cache"];

/**
 * A folder outside of Tallyman's root that may become a stack's live tree: an adopted project stays where it is. Gives it back. Throws
 * InvalidInput that names `liveTree` for `/`, system folders, and what lies inside or around Tallyman's own root.
 */
export function checkLiveTree(path: string, root: string): string {
  const fault = faultOf(path, root);
  if (fault === null) return path;
  throw new TallymanError("InvalidInput", `liveTree: ${JSON.stringify(path)} ${fault}`, {
    hint: "Give the absolute path of the project's own folder, such as /srv/shop, or leave it out to use one below Tallyman's root.",
  });
}

function faultOf(path: string, root: string): string | null {
  const segments = path.split("/").slice(1);
  if (!path.startsWith("/")) return "is not absolute";
  if (/\p{Cc}/u.test(path) || path.length > 1024) return "holds a control character or is too long";
  if (path === "/") return "is the whole host";
  if (segments.some((segment) => segment === "" || segment === "." || segment === ".."))
    return "is not written plainly: no //, . or .. and no slash at its end";
  if (path === root || path.startsWith(`${root}/`)) return "lies inside Tallyman's root";
  if (root.startsWith(`${path}/`)) return "holds Tallyman's root";
  return isSystem(segments) ? "is a system folder" : null;
}

function isSystem(segments: readonly string[]): boolean {
  const [top = "", second = ""] = segments;
  // `/srv`, `/home`, `/opt`, … themselves belong to many.
  if (segments.length === 1) return true;
  if (top === "usr" && second === "local") return segments.length < 4;
  if (SYSTEM.includes(top)) return true;
  if (top !== "var") return false;
  const below = segments.slice(1).join("/");
  return segments.length === 2 || SYSTEM_BELOW_VAR.some((one) => below === one || below.startsWith(`${one}/`));
}
