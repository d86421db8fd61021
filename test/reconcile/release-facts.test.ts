import { expect, test } from "bun:test";
import { retainedName } from "../../src/label.ts";
import { imageIds, repoDigests, servingContainers } from "../../src/reconcile/release-facts.ts";
import { observedState, runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

const project = sampleProject({ web: { image: "registry:5000/web:1" } });
const web = runningContainer(project, "web");
const image = (id: string, digests: readonly string[]) => ({
  id,
  repoDigests: digests,
  volumes: [],
  hasHealthcheck: false,
  labels: {},
  os: "linux",
  architecture: "amd64",
});

test("what runs is pinned, not what its tag names by now", () => {
  const moved = { images: { "registry:5000/web:1": image("sha256:new", []) } };
  const observed = observedState(project, [{ ...web, imageId: "sha256:old" }], moved);
  expect(imageIds(project, observed)).toEqual({ "registry:5000/web:1": "sha256:old" });
});

test("the digest under which a registry has it is kept, that of the same name first", () => {
  const digests = ["mirror/web@sha256:2", "registry:5000/web@sha256:1"];
  const observed = observedState(project, [{ ...web, imageId: "sha256:w" }], {
    images: { "registry:5000/web:1": image("sha256:w", digests) },
  });
  expect(repoDigests(project, observed, {})).toEqual({ "registry:5000/web:1": "registry:5000/web@sha256:1" });
});

test("an image that no registry knows has no digest, unless the former release knew one", () => {
  const observed = observedState(project, [{ ...web, imageId: "sha256:w" }], {
    images: { "registry:5000/web:1": image("sha256:w", []) },
  });
  expect(repoDigests(project, observed, {})).toEqual({});
  expect(repoDigests(project, observed, { "registry:5000/web:1": "web@sha256:9" })).toEqual({
    "registry:5000/web:1": "web@sha256:9",
  });
});

test("retained predecessors, one-offs and orphans serve nothing", () => {
  const others = [
    { ...web, id: "r", name: retainedName(web.name, "a".repeat(64)) },
    { ...web, id: "o", oneOff: true },
    { ...web, id: "x", serviceName: "gone" },
  ];
  expect(servingContainers(project, observedState(project, [web, ...others]))).toEqual([web]);
});
