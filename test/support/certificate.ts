import { join } from "node:path";
import { output } from "./command.ts";

/** A server certificate for loopback names, signed by an authority made for it alone. PEM texts, and where they lie. */
export interface Certificate {
  readonly key: string;
  readonly certificate: string;
  readonly authority: string;
  readonly authorityFile: string;
}

export async function createCertificate(directory: string): Promise<Certificate> {
  const file = (name: string): string => join(directory, name);
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  await output(
    ["openssl", "req", "-x509", ...newKey, "-subj", "/CN=Tallyman test authority"].concat([
      "-keyout",
      file("ca.key"),
      "-out",
      file("ca.pem"),
    ]),
  );
  await output(
    ["openssl", "req", "-x509", ...newKey, "-subj", "/CN=localhost", "-CA", file("ca.pem"), "-CAkey", file("ca.key")]
      .concat(["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"])
      .concat(["-keyout", file("server.key"), "-out", file("server.pem")]),
  );
  const read = (name: string): Promise<string> => Bun.file(file(name)).text();
  return {
    key: await read("server.key"),
    certificate: await read("server.pem"),
    authority: await read("ca.pem"),
    authorityFile: file("ca.pem"),
  };
}
