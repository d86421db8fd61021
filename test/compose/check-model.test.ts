import { expect, test } from "bun:test";
import { checkModel, mappingAt } from "../../src/compose/check-model.ts";
import type { Value } from "../../src/compose/tree.ts";

test.each<[Value, string]>([
  [
    { configs: { c: { content: "a", file: "b" } } },
    "configs.c: file|environment|content attributes are mutually exclusive",
  ],
  [{ secrets: { s: { name: "x" } } }, "secrets.s: one of file|environment must be set"],
  [
    { volumes: { v: { external: true, driver: "x" } } },
    'volumes.v: conflicting parameters "external" and "driver" specified',
  ],
  [{ services: { a: { ports: [{ host_ip: "x" }] } } }, "services.a.ports.[]: invalid ip address: x"],
  [
    { services: { a: { gpus: [{ count: 1, device_ids: ["0"] }] } } },
    'services.a.gpus.[]: "count" and "device_ids" attributes are exclusive',
  ],
  [
    { services: { a: { volumes: [{ type: "bind" }] } } },
    'invalid mount config for type "bind": field Source must not be empty',
  ],
  [{ services: { a: { develop: { watch: [{ path: "" }] } } } }, "value can't be blank"],
])("%p is refused: %s", (model, message) => expect(() => checkModel(model)).toThrow(message));

test("what is in order passes", () => {
  checkModel({
    configs: { c: { content: "a" }, d: { external: true } },
    volumes: { v: { external: true, name: "n", "x-a": 1 } },
  });
});
test("a list is no mapping", () => expect(() => mappingAt([], ["services"])).toThrow("services must be a mapping"));
