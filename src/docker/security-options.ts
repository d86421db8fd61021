import type Docker from "dockerode";
import { TallymanError } from "../error.ts";
import type { Service } from "../project.ts";
import type { ContainerRequest } from "./container-request.ts";
import { given } from "./given.ts";
import { namespaceMode } from "./network-options.ts";

/** Capabilities, namespaces, confinement and kernel settings. Source: compose.md §3.1. */
export function securityOptions(service: Service, request: ContainerRequest): Docker.HostConfig {
  return {
    ...given("CapAdd", capabilities(service.cap_add)),
    ...given("CapDrop", capabilities(service.cap_drop)),
    Privileged: service.privileged ?? false,
    ReadonlyRootfs: service.read_only ?? false,
    ...given("GroupAdd", service.group_add?.map(String)),
    ...given("UsernsMode", service.userns_mode),
    ...given("UTSMode", service.uts),
    ...given("IpcMode", namespaceMode(service.ipc, request)),
    ...given("PidMode", namespaceMode(service.pid, request)),
    ...given("CgroupnsMode", service.cgroup as "host" | "private" | undefined),
    ...given("Sysctls", service.sysctls && { ...service.sysctls }),
    ...confinement(service.security_opt ?? [], request),
  };
}

/** `systempaths=unconfined` is no option of the Engine: it means that no path is masked. */
function confinement(options: readonly string[], request: ContainerRequest): Docker.HostConfig {
  if (options.length === 0) return {};
  const rest = options.filter((option) => option !== "systempaths=unconfined");
  return {
    SecurityOpt: rest.map((option) => securityOption(option, request)),
    ...(rest.length < options.length ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
  };
}

function securityOption(option: string, request: ContainerRequest): string {
  const profile = seccompProfileOf(option);
  if (profile !== null) return `seccomp=${request.seccompProfiles[profile] ?? ""}`;
  if (option.includes("=") || option.includes(":") || option === "no-new-privileges") return option;
  throw new TallymanError(
    "ComposeInvalid",
    `services.${request.operation.serviceName}.security_opt: invalid security-opt: "${option}".`,
    { hint: "Write it as key=value, or no-new-privileges." },
  );
}

/** The file that a `seccomp=` option names, or null when it names none. */
export function seccompProfileOf(option: string): string | null {
  const match = /^seccomp[=:](.+)$/.exec(option);
  if (!match?.[1] || match[1] === "unconfined" || match[1] === "builtin") return null;
  return match[1];
}

/** As Docker's own clients write them: upper case, with `CAP_`, sorted, each once. */
export function capabilities(names: readonly string[] | undefined): string[] | undefined {
  const full = names?.map((name) => {
    const upper = name.trim().toUpperCase();
    return upper === "ALL" || upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
  });
  return full && [...new Set(full)].sort();
}
