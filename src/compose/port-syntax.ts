import { ComposeFault } from "./compose-fault.ts";
import type { Mapping, Path } from "./tree.ts";

interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * `[ip:][host[-host]]:container[-container][/protocol]` as one long entry per container port, in the order in which
 * Docker Compose lists them: by the text `port/protocol`. Source: docker/go-connections nat, compose-go ParsePortConfig.
 */
export function parsePorts(text: string, path: Path): readonly Mapping[] {
  const { hostIp, host, container, protocol } = split(text, path);
  const target = range(container, `Invalid containerPort: ${container}`, path);
  const published = host === "" ? undefined : range(host, `Invalid hostPort: ${host}`, path);
  const single = target.from === target.to;
  if (published && !single && published.to - published.from !== target.to - target.from)
    throw fault(`Invalid ranges specified for container and host Ports: ${container} and ${host}`, path);
  if (!["tcp", "udp", "sctp"].includes(protocol)) throw fault(`Invalid proto: ${protocol}`, path);
  const ports = Array.from({ length: target.to - target.from + 1 }, (_, index) => ({
    mode: "ingress",
    ...(hostIp === "" ? {} : { host_ip: hostIp }),
    ...(target.from + index === 0 ? {} : { target: target.from + index }),
    ...(published ? { published: publishedAt(published, index, single) } : {}),
    protocol,
  }));
  return ports.sort((left, right) =>
    compareText(`${left.target ?? 0}/${protocol}`, `${right.target ?? 0}/${protocol}`),
  );
}

function split(text: string, path: Path) {
  const [address = "", protocol = "tcp", ...more] = text.split("/");
  if (address === "" || address.endsWith(":")) throw fault(`No port specified: ${text}<empty>`, path);
  if (more.length > 0) throw fault(`Invalid proto: ${protocol}`, path);
  const parts = address.split(":");
  const container = parts.pop() ?? "";
  const host = parts.pop() ?? "";
  const hostIp = parts.join(":").replace(/^\[(.*)\]$/, "$1");
  if (hostIp.includes(":") && !isAddress(hostIp))
    throw fault(`Invalid ip address ${hostIp}: address ${hostIp}:: too many colons in address`, path);
  if (hostIp !== "" && !isAddress(hostIp)) throw fault(`Invalid ip address: ${hostIp}`, path);
  return { hostIp, host, container, protocol: protocol.toLowerCase() || "tcp" };
}

/** An IPv4 address, or something only an IPv6 address can look like. */
export function isAddress(text: string): boolean {
  const bytes = text.split(".");
  if (bytes.length === 4) return bytes.every((byte) => /^\d{1,3}$/.test(byte) && Number(byte) <= 255);
  const groups = text.split(":");
  const short = text.includes("::");
  return (
    groups.length > 2 &&
    (short ? groups.length <= 9 : groups.length === 8) &&
    groups.every((group) => /^[\da-fA-F]{0,4}$/.test(group) && (short || group !== ""))
  );
}

function publishedAt({ from, to }: Range, index: number, single: boolean): string {
  return single && from !== to ? `${from}-${to}` : String(from + index);
}

function range(text: string, complaint: string, path: Path): Range {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  const from = Number(match?.[1]);
  const to = Number(match?.[2] ?? match?.[1]);
  if (!match || from > 65_535 || to > 65_535 || to < from) throw fault(complaint, path);
  return { from, to };
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function fault(message: string, path: Path): ComposeFault {
  return new ComposeFault(message, path, 'Write it like "8080:80", "127.0.0.1:8080:80" or "6060:6060/udp".');
}
