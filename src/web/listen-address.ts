import { isIP } from "node:net";
import { TallymanError } from "../error.ts";

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Throws InvalidInput: passwords and sessions must not cross a network in clear without the operator's word. */
export function refuseOpenAddress(listen: ListenAddress, encrypted: boolean, insecureHttp: boolean): void {
  if (isLoopback(listen.host) || encrypted || insecureHttp) return;
  throw new TallymanError(
    "InvalidInput",
    `listen: ${listen.host} is reachable from other machines without encryption`,
    {
      hint: "Put a TLS proxy before 127.0.0.1 and name it with --host-name, or say --insecure-http when the network is yours alone.",
    },
  );
}

/** The host of a URL: IPv6 in brackets. */
export function urlHost(listen: ListenAddress): string {
  return isIP(listen.host) === 6 ? `[${listen.host}]:${listen.port}` : `${listen.host}:${listen.port}`;
}
