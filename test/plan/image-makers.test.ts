import { expect, test } from "bun:test";
import { imageMakers } from "../../src/plan/image-makers.ts";
import { sampleProject } from "../support/sample-project.ts";

const on = (...names: readonly string[]) => ({
  build: { context: ".", additional_contexts: Object.fromEntries(names.map((name) => [name, `service:${name}`])) },
});
const orderOf = (services: Parameters<typeof sampleProject>[0]) => [...imageMakers(sampleProject(services)).values()];

test("images come in the file's order, of one image the service that builds it", () =>
  expect(
    orderOf({
      b: {},
      a: {},
      shared: { image: "x:1" },
      maker: { image: "x:1", build: { context: "." } },
      none: { scale: 0 },
    }),
  ).toEqual(["b", "a", "maker"]));
test("what another one is built from comes before it, over several steps", () =>
  expect(orderOf({ app: on("lib"), web: on("app"), lib: on("base"), base: on() })).toEqual([
    "base",
    "lib",
    "app",
    "web",
  ]));
test("what nobody runs is needed all the same when an image is built from it", () =>
  expect(orderOf({ app: on("base"), base: { ...on(), scale: 0 }, idle: { ...on(), scale: 0 } })).toEqual([
    "base",
    "app",
  ]));
test("a circle and a service that is not there end it", () =>
  expect(orderOf({ a: on("b"), b: on("a", "nowhere") })).toEqual(["b", "a"]));
