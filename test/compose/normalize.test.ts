import { describe, expect, test } from "bun:test";
import { normalize } from "../../src/compose/normalize.ts";
import { load, refusal, service, webOf } from "./memory-files.ts";

describe("networks", () => {
  test("the default one is there when somebody uses it", () => {
    const project = load("services: { a: { image: a }, b: { image: b, network_mode: host } }");
    expect(service(project, "a").networks).toEqual({ default: null });
    expect(service(project, "b").networks).toBeUndefined();
    expect(project.networks).toEqual({ default: { name: "app_default", ipam: {} } });
  });
  test("and absent when nobody does", () => {
    expect(load("services: { a: { image: a, network_mode: host } }").networks).toEqual({});
  });
});
test("names carry the project's name unless given or external", () => {
  const project = load(
    "services: { a: { image: a, networks: [n, e], volumes: ['vol:/v', 'wol:/w'] } }\nnetworks: { n: , e: { external: true } }\nvolumes: { vol: , wol: { name: given } }",
  );
  expect([project.networks["n"]?.name, project.networks["e"]?.name]).toEqual(["app_n", "e"]);
  expect([project.volumes["vol"]?.name, project.volumes["wol"]?.name]).toEqual(["app_vol", "given"]);
});
test("links, shared namespaces and volumes_from are dependencies; a declared one stays as it is", () => {
  const project = load(
    "services: { a: { image: a, links: ['b:x'], ipc: 'service:c', volumes_from: ['d:ro', 'container:q'], depends_on: { b: { condition: service_healthy } } }, b: { image: b }, c: { image: c }, d: { image: d } }",
  );
  expect(service(project, "a").depends_on).toEqual({
    b: { condition: "service_healthy", required: true },
    c: { condition: "service_started", restart: true, required: true },
    d: { condition: "service_started", required: true },
  });
});
test("build arguments without a value come from the environment or vanish", () => {
  expect(webOf("{ build: { args: [A, B, C=1] } }", { environment: { A: "a" } }).build).toEqual({
    context: "/srv/app",
    dockerfile: "Dockerfile",
    args: { A: "a", C: "1" },
  });
});
test("if_not_present is another word for missing", () =>
  expect(webOf("{ image: a, pull_policy: if_not_present }").pull_policy).toBe("missing"));
test("a model without services stays as it is", () =>
  expect(normalize({ "x-a": 1 }, "app", () => undefined)).toEqual({ "x-a": 1 }));
test("a link with two colons is a name", () =>
  expect(refusal(() => load("services: { a: { image: a, links: ['b:x:y'] }, b: { image: b } }")).message).toContain(
    'depends on undefined service "b:x:y"',
  ));
test("targets of mounts are cleaned, an empty one is a dot", () =>
  expect(
    webOf("{ image: a, volumes: [{ type: tmpfs, target: /a/../b/ }, { type: tmpfs, target: '' }] }").volumes,
  ).toMatchObject([{ target: "/b" }, { target: "." }]));
test("an empty name stays empty", () =>
  expect(
    load("services: { a: { image: a, networks: [n] } }\nnetworks: { n: { name: '' } }").networks["n"]?.name,
  ).toBeUndefined());
