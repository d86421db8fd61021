import { describe, expect, test } from "bun:test";
import { PlanBuilder } from "../../src/plan/plan-builder.ts";
import { planPinnedImages } from "../../src/plan/plan-pinned-images.ts";
import { projectSlots } from "../../src/plan/project-slots.ts";
import type { Service } from "../../src/project.ts";
import { observedState } from "../support/observed.ts";
import { sampleProject, textHash } from "../support/sample-project.ts";

const PIN = "sha256:former";
const DIGEST = `web@sha256:${"d".repeat(64)}`;

function planned(services: Readonly<Record<string, Partial<Service>>>, repoDigests: Readonly<Record<string, string>>) {
  const project = sampleProject(services);
  const here = observedState(project, []);
  const observed = { ...here, images: { ...here.images, [PIN]: null } };
  const basis = { pins: { "web:1": PIN }, repoDigests, previous: null, hashOf: textHash };
  const builder = new PlanBuilder("shop");
  planPinnedImages(project, observed, projectSlots(project, observed, basis), basis, builder);
  return builder.build().operations;
}

describe("a pinned image that is gone", () => {
  test("is fetched by its digest, once for all services that run it", () =>
    expect(planned({ web: {}, worker: { image: "web:1" } }, { "web:1": DIGEST })).toEqual([
      expect.objectContaining({ kind: "pull-image", image: DIGEST, platform: null }),
    ]));
  test("is not fetched for a service of no replicas", () =>
    expect(planned({ web: { scale: 0 } }, { "web:1": DIGEST })).toEqual([]));
  test("is not fetched where nothing may be pulled", () =>
    expect(() => planned({ web: { pull_policy: "never" } }, { "web:1": DIGEST })).toThrow("is gone from this host"));
  test("is refused when no registry is known to have it", () =>
    expect(() => planned({ web: {} }, {})).toThrow("services.web: image former"));
});
