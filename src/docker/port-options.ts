import type Docker from "dockerode";
import type { Service } from "../project.ts";

/** Every port that `expose` or `ports` names, as `80/tcp`; ranges in full. */
export function exposedPorts(service: Service): Record<string, Record<string, never>> {
  const names = [
    ...(service.expose ?? []).flatMap(expand),
    ...(service.ports ?? []).map(({ target, protocol }) => `${target}/${protocol ?? "tcp"}`),
  ];
  return Object.fromEntries(names.map((name) => [name, {}]));
}

/** Where the host listens, by container port; without `published` the Engine chooses. */
export function portBindings(service: Service): Docker.PortMap {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const { target, protocol, host_ip, published } of service.ports ?? []) {
    const name = `${target}/${protocol ?? "tcp"}`;
    bindings[name] = [...(bindings[name] ?? []), { HostIp: host_ip ?? "", HostPort: published ?? "" }];
  }
  return bindings;
}

/** Whether the Engine picks one of the host's ports: out of a range that the file names, or any. */
export function leavesPortOpen({ ports = [] }: Pick<Service, "ports">): boolean {
  return ports.some(({ published = "" }) => !/^[1-9]\d*$/.test(published));
}

function expand(exposed: string): readonly string[] {
  const [ports = "", protocol = "tcp"] = String(exposed).split("/");
  const [first = 0, last = first] = ports.split("-").map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}/${protocol}`);
}
