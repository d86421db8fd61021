import { expect, test } from "bun:test";
import { join } from "node:path";
import type { TallymanError } from "../../src/error.ts";
import { withDeadline } from "../../src/git/deadline.ts";
import { probeHttp } from "../../src/git/probe-http.ts";
import { parseRemoteUrl } from "../../src/git/remote-url.ts";
import { output } from "../support/command.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { failureOf, forever } from "./git-rig.ts";

function failed(url: string, authorities: string | null = null): Promise<TallymanError> {
  const remote = parseRemoteUrl(url);
  const probe = (signal: AbortSignal) => probeHttp({ remote, credential: null, wanted: null, authorities }, signal);
  return failureOf(withDeadline("the probe", 30_000, forever(), probe));
}

test("a host name that nobody knows is told", async () => {
  const error = await failed("https://nowhere.invalid/shop.git");
  expect([error.reason, error.message]).toEqual([
    "GitUnreachable",
    "https://nowhere.invalid/shop.git has a host name that cannot be resolved",
  ]);
}, 60_000);

test("a connection that is reset is told", async () => {
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { open: (socket) => socket.terminate(), data: () => undefined },
  });
  try {
    const error = await failed(`http://127.0.0.1:${server.port}/shop.git`);
    expect([error.reason, error.message]).toEqual([
      "GitUnreachable",
      `http://127.0.0.1:${server.port}/shop.git cannot be reached`,
    ]);
  } finally {
    server.stop(true);
  }
}, 60_000);

test("a certificate that expired is told, and what to do", async () => {
  using directory = temporaryDirectory("expired");
  const { key, certificate } = await expiredCertificate(directory.path);
  const fetch = () => new Response("nobody gets this far");
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, tls: { key, cert: certificate }, fetch });
  try {
    const error = await failed(`https://127.0.0.1:${server.port}/shop.git`, certificate);
    expect([error.reason, error.hint]).toEqual([
      "GitUnreachable",
      "Renew the server's certificate; check this host's clock.",
    ]);
    expect(error.message).toContain("has an expired TLS certificate");
  } finally {
    await server.stop(true);
  }
}, 60_000);

async function expiredCertificate(directory: string) {
  const at = (name: string) => join(directory, name);
  const config = `[ca]
default_ca = own
[own]
database = ${at("index.txt")}
serial = ${at("serial")}
new_certs_dir = ${directory}
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = IP:127.0.0.1
`;
  await Promise.all([Bun.write(at("ca.cnf"), config), Bun.write(at("index.txt"), ""), Bun.write(at("serial"), "01\n")]);
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", at("key.pem")];
  await output(["openssl", "req", "-new", ...newKey, "-subj", "/CN=localhost", "-out", at("request.pem")]);
  const span = ["-startdate", "20200101000000Z", "-enddate", "20200102000000Z"];
  const files = ["-keyfile", at("key.pem"), "-in", at("request.pem"), "-out", at("certificate.pem")];
  await output(["openssl", "ca", "-batch", "-selfsign", "-notext", "-config", at("ca.cnf"), ...span, ...files]);
  const read = (name: string) => Bun.file(at(name)).text();
  return { key: await read("key.pem"), certificate: await read("certificate.pem") };
}
