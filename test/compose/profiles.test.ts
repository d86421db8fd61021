import { expect, test } from "bun:test";
import { selectServices, withoutUnused } from "../../src/compose/profiles.ts";
import { load, refusal } from "./memory-files.ts";

const text =
  "services: { a: { image: a }, b: { image: b, profiles: [dev], networks: [n] }, c: { image: c, profiles: [prod], volumes: ['vol:/v'] } }\nnetworks: { n: }\nvolumes: { vol: }";

test("a service with profiles runs only when one of them is active", () => {
  const project = load(text, { profiles: ["dev"] });
  expect(Object.keys(project.services)).toEqual(["a", "b"]);
  expect(project.disabledServices).toEqual(["c"]);
});
test("what only inactive services use is not part of the project", () => {
  expect(Object.keys(load(text).networks)).toEqual(["default"]);
  expect(load(text).volumes).toEqual({});
});
test("COMPOSE_PROFILES counts when no profile is given, * means all", () => {
  expect(Object.keys(load(text, { environment: { COMPOSE_PROFILES: "dev, prod" } }).services)).toEqual(["a", "b", "c"]);
  expect(Object.keys(load(text, { profiles: ["dev"], environment: { COMPOSE_PROFILES: "prod" } }).services)).toEqual([
    "a",
    "b",
  ]);
  expect(selectServices({ x: { profiles: ["q"] } }, ["*"]).disabled).toEqual([]);
});
test("a dependency that a profile hides is refused unless it need not be there", () => {
  const depending = (required: boolean) =>
    `services: { a: { image: a, depends_on: { b: { condition: service_started, required: ${required} } } }, b: { image: b, profiles: [dev] } }`;
  expect(refusal(() => load(depending(true))).hint).toBe("Enable its profile, or say required: false.");
  expect(Object.keys(load(depending(false)).services)).toEqual(["a"]);
});
test("secrets that only a build uses stay", () => {
  const model = { services: { a: { build: { secrets: [{ source: "s" }] } } }, secrets: { s: {}, t: {} } };
  expect(withoutUnused(model)["secrets"]).toEqual({ s: {} });
});
