import { expect, test } from "bun:test";
import { serviceHash } from "../../src/compose/hash.ts";
import type { Operation } from "../../src/plan.ts";
import { withConfigHash } from "../../src/reconcile/config-hash.ts";
import { sampleProject } from "../support/sample-project.ts";

const project = sampleProject({ app: { network_mode: "service:vpn" }, vpn: {} });
const create: Extract<Operation, { kind: "create-container" }> = {
  kind: "create-container",
  serviceName: "app",
  number: 1,
  name: "shop-app-1",
  finalName: "shop-app-1",
  replaces: null,
  configHash: "",
  imageId: null,
  shares: { vpn: { createdBy: 0, name: "shop-vpn-1" } },
};

test("the hash holds the id of the container that the plan made", () => {
  const service = { ...project.services["app"], command: null, entrypoint: null, network_mode: "container:v1" };
  expect(withConfigHash(create, { project, created: new Map([[0, "v1"]]) })).toMatchObject({
    configHash: serviceHash(service).a,
  });
});

test("a hash that the plan knew stays", () => {
  const known = { ...create, configHash: "known" };
  expect(withConfigHash(known, { project, created: new Map() })).toBe(known);
});
