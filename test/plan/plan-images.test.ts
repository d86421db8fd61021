import { expect, test } from "bun:test";
import { PlanBuilder } from "../../src/plan/plan-builder.ts";
import { planImages } from "../../src/plan/plan-images.ts";
import type { Service } from "../../src/project.ts";
import { observedState } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

function planned(
  service: Partial<Service>,
  how: { present?: boolean; refresh?: boolean; pinned?: boolean } = {},
): readonly string[] {
  const project = sampleProject({ web: service });
  const builder = new PlanBuilder("shop");
  const observed = observedState(project, [], how.present ? {} : { images: { "web:1": null } });
  planImages(project, observed, how.pinned ? { "web:1": "sha256:x" } : {}, how.refresh ?? false, builder);
  return builder.build().operations.map((operation) => `${operation.kind}: ${operation.cause}`);
}

test("an absent image is pulled", () => expect(planned({})).toEqual(["pull-image: image is not here"]));
test("a present one is not, by default", () => expect(planned({}, { present: true, refresh: true })).toEqual([]));
test("pull_policy always pulls when the pass may look for newer images", () =>
  expect(planned({ pull_policy: "always" }, { present: true, refresh: true })).toEqual([
    "pull-image: pull_policy is always",
  ]));
test("a routine pass never pulls what is here", () =>
  expect(planned({ pull_policy: "always" }, { present: true })).toEqual([]));
test("going back never looks for newer images", () =>
  expect(planned({ pull_policy: "always" }, { present: true, refresh: true, pinned: true })).toEqual([]));
test("pull_policy never does not pull", () => expect(planned({ pull_policy: "never" })).toEqual([]));
test("a service that is built asks for a build", () =>
  expect(planned({ build: { context: "." } })).toEqual(["build-image: image is not here"]));
test("what runs nowhere needs no image", () => expect(planned({ scale: 0 })).toEqual([]));
