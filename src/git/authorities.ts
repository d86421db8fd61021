import * as tls from "node:tls";

/**
 * The certificate authorities that probes and workers trust, as PEM: the ones in the program, the host's own, and the operator's. Workers
 * are given the same ones, so a worker image needs none and both judge a server alike.
 */
export function trustBundle(own: string | undefined): string {
  const all = [...tls.rootCertificates, ...installed("system"), ...installed("default"), ...(own ? [own] : [])];
  return `${[...new Set(all.map((certificate) => certificate.trim()))].join("\n")}\n`;
}

/** Newer than its type declaration. */
function installed(store: "system" | "default"): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (store: string) => string[] };
  return getCACertificates?.(store) ?? [];
}
