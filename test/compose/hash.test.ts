import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { networkHash, serviceHash, volumeHash } from "../../src/compose/hash.ts";
import { load, webOf } from "./memory-files.ts";

const of = (encoded: string) => createHash("sha256").update(encoded).digest("hex");

describe("a service's hash", () => {
  test("is that of Docker Compose's encoding", () => {
    const web = webOf(
      "{ image: nginx, ports: ['8080:80'], environment: { B: '<&>', A: 1 }, depends_on: [], profiles: [], scale: 1 }",
    );
    expect(serviceHash(web).a).toBe(
      of(
        '{"command":null,"entrypoint":null,"environment":{"A":"1","B":"\\u003c\\u0026\\u003e"},"image":"nginx","networks":{"default":null},"ports":[{"mode":"ingress","target":80,"published":"8080","protocol":"tcp"}]}',
      ),
    );
  });
  test("differs between the flavours only by how a bind may be made", () => {
    const start =
      '{"command":null,"entrypoint":null,"image":"a","networks":{"default":null},"volumes":[{"type":"bind","source":"/x","target":"/x",';
    const short = serviceHash(webOf("{ image: a, volumes: ['/x:/x'] }"));
    expect(short).toEqual({ a: of(`${start}"bind":{"create_host_path":true}}]}`), b: of(`${start}"bind":{}}]}`) });
    const never = serviceHash(
      webOf("{ image: a, volumes: [{ type: bind, source: /x, target: /x, bind: { create_host_path: false } }] }"),
    );
    expect(never).toEqual({ a: of(`${start}"bind":{}}]}`), b: of(`${start}"bind":{"create_host_path":false}}]}`) });
    const plain = serviceHash(webOf("{ image: a }"));
    expect(plain.a).toBe(plain.b);
  });
  test.each([
    ["the order of variables", "environment: [A=1, B=2]", "environment: { B: 2, A: 1 }"],
    ["the spelling of a duration", "stop_grace_period: 90s", "stop_grace_period: 1m30s"],
    [
      "build, dependencies, profiles, pull policy, replicas",
      "user: u",
      "user: u, build: ., pull_policy: always, scale: 3",
    ],
    ["own fields", "user: u", "user: u, x-note: 1"],
    ["ulimit order", "ulimits: { nofile: { soft: 1, hard: 2 } }", "ulimits: { nofile: { hard: 2, soft: 1 } }"],
  ])("does not depend on %s", (_what, one, other) => {
    expect(serviceHash(webOf(`{ image: a, ${one} }`))).toEqual(serviceHash(webOf(`{ image: a, ${other} }`)));
  });
  test.each([
    "develop: { watch: [] }",
    "deploy: {}",
    "container_name: abc",
    "healthcheck: {}",
    "init: false",
    "command: []",
  ])("depends on %s", (field) =>
    expect(serviceHash(webOf(`{ image: a, ${field} }`)).a).not.toBe(serviceHash(webOf("{ image: a }")).a),
  );
});

test("networks and volumes are hashed with their defaults", () => {
  expect(networkHash({ name: "p_default", ipam: {} })).toBe(of('{"name":"p_default","ipam":{}}'));
  expect(volumeHash({ name: "p_data" })).toBe(of('{"name":"p_data","driver":"local"}'));
});
test("a loaded project carries the hashes of all it uses", () => {
  const { hashes } = load("services: { web: { image: a, volumes: ['vol:/v'] } }\nvolumes: { vol: }");
  expect([Object.keys(hashes.services), Object.keys(hashes.networks), Object.keys(hashes.volumes)]).toEqual([
    ["web"],
    ["default"],
    ["vol"],
  ]);
});
