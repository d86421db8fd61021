import { expect, test } from "bun:test";
import type { Service } from "../src/project.ts";
import { hasReferences, namespaceServices, sharedServices, withContainers } from "../src/service-reference.ts";

const service: Service = {
  command: null,
  entrypoint: null,
  network_mode: "service:vpn",
  pid: "host",
  ipc: "service:vpn",
  volumes_from: ["data:ro", "container:old:rw"],
};
const plain: Service = { command: null, entrypoint: null, network_mode: "host" };

test("services are named once each, containers that are named directly not at all", () => {
  expect(namespaceServices(service)).toEqual(["vpn"]);
  expect(sharedServices(service)).toEqual(["vpn", "data"]);
  expect([hasReferences(service), hasReferences(plain)]).toEqual([true, false]);
});

test("ids take the place of names, and the mode of a volumes_from is dropped", () => {
  expect(withContainers(service, { vpn: "v1", data: "d1" })).toMatchObject({
    network_mode: "container:v1",
    pid: "host",
    ipc: "container:v1",
    volumes_from: ["d1", "old"],
  });
});

test("a service without references stays as it is", () => expect(withContainers(plain, {})).toEqual(plain));
