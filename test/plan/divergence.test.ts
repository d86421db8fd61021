import { describe, expect, test } from "bun:test";
import { COMPOSE_LABEL } from "../../src/label.ts";
import type { ObservedContainer } from "../../src/observed-state.ts";
import { type Basis, divergences } from "../../src/plan/divergence.ts";
import { observedState, runningContainer } from "../support/observed.ts";
import { sampleProject, textHash } from "../support/sample-project.ts";

const project = sampleProject({ web: { volumes: [{ type: "volume", source: "data", target: "/data" }] } });
const mounts = [{ type: "volume", source: "shop_data", target: "/data", readOnly: false }];
const nothing: Basis = { pins: {}, previous: null, hashOf: textHash };

function causes(changes: Partial<ObservedContainer>, basis = nothing): readonly string[] {
  const container = runningContainer(project, "web", 1, { mounts, ...changes });
  return divergences(project, "web", container, observedState(project, [container]), basis);
}

test("a container that is what the project asks for has no divergence", () => expect(causes({})).toEqual([]));
test("another hash is a changed configuration", () =>
  expect(causes({ configHash: "x" })).toEqual(["configuration changed"]));
test("another image reference is told as such", () =>
  expect(causes({ configHash: "x", image: "web:0" })).toContain("image changed web:0 → web:1"));
test("the same reference on another image counts", () =>
  expect(causes({ imageId: "sha256:old" })).toEqual(["web:1 is another image now"]));
test("the image label of either flavour is accepted", () =>
  expect(causes({ imageId: "sha256:old", labels: { [COMPOSE_LABEL.image]: "sha256:web:1" } })).toEqual([]));
test("a pinned image is the one that counts", () =>
  expect(causes({ imageId: "sha256:old" }, { ...nothing, pins: { "web:1": "sha256:old" } })).toEqual([]));
test("a missing network is named", () => expect(causes({ networks: [] })).toEqual(["not attached to network default"]));
test("a missing network is no reason where the container is put into it again", () =>
  expect(causes({ networks: [] }, { ...nothing, rejoins: true })).toEqual([]));
test("a missing volume is named", () =>
  expect(causes({ mounts: [] })).toEqual(["volume data is not mounted at /data"]));
test("a dead container is beyond repair", () => expect(causes({ state: "dead" })).toEqual(["container is dead"]));

describe("what is known beside a container's labels", () => {
  const container = runningContainer(project, "web", 1, { mounts, configHash: "made by another" });
  const kept = { containerId: container.id, contents: null, tolerated: [] };
  const told = (basis: Partial<Basis>) =>
    divergences(project, "web", container, observedState(project, [container]), { ...nothing, ...basis });

  test("an adopted container counts as made from the definition it was found to equal", () => {
    const configHash = project.hashes.services["web"]?.a ?? "";
    expect(told({ kept: new Map([[container.id, { ...kept, configHash }]]) })).toEqual([]);
  });

  test("an adopted container is made anew once the definition changes", () =>
    expect(told({ kept: new Map([[container.id, { ...kept, configHash: "former" }]]) })).not.toEqual([]));

  test("a field that drifted is the cause", () => {
    const adopted = new Map([[container.id, { ...kept, configHash: project.hashes.services["web"]?.a ?? "" }]]);
    const drifted = new Map([[container.id, ["memory limit"]]]);
    expect(told({ kept: adopted, drifted })).toEqual(["memory limit is not as declared"]);
  });
});
