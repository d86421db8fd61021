import { describe, expect, test } from "bun:test";
import { PlanBuilder } from "../../src/plan/plan-builder.ts";
import { planImages } from "../../src/plan/plan-images.ts";
import type { Service } from "../../src/project.ts";
import { observedState, runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

interface How {
  readonly present?: boolean;
  readonly refresh?: boolean;
  readonly pinned?: boolean;
  readonly force?: boolean;
  /** What the image says it was built from, and what a build would be sent now. */
  readonly builtFrom?: string;
  readonly context?: string;
  readonly taggedAt?: string;
  readonly now?: string;
}

function planned(service: Partial<Service>, how: How = {}): readonly string[] {
  const project = sampleProject({ web: service });
  const builder = new PlanBuilder("shop");
  const here = observedState(project, []);
  const image = here.images["web:1"];
  const labels: Record<string, string> = how.builtFrom ? { "io.tallyman.context": how.builtFrom } : {};
  const tagged = how.taggedAt ? { taggedAt: how.taggedAt } : {};
  const observed = { ...here, images: { "web:1": how.present && image ? { ...image, labels, ...tagged } : null } };
  const pins: Record<string, string> = how.pinned ? { "web:1": "sha256:x" } : {};
  const contexts: Record<string, string> = how.context ? { web: how.context } : {};
  const builds = { contexts, force: how.force ?? false, pullFirst: false };
  const clock = how.now ? { now: Date.parse(how.now) } : {};
  planImages(project, observed, { pins, refresh: how.refresh ?? false, builds, ...clock }, builder);
  return builder.build().operations.map((operation) => `${operation.kind}: ${operation.cause}`);
}

test("an absent image is pulled", () => expect(planned({})).toEqual(["pull-image: image is not here"]));
test("a present one is not, by default", () => expect(planned({}, { present: true, refresh: true })).toEqual([]));
test("pull_policy always pulls when the pass may look for newer images", () =>
  expect(planned({ pull_policy: "always" }, { present: true, refresh: true })).toEqual([
    "pull-image: pull_policy is always",
  ]));
describe("a policy with a period", () => {
  const how = { present: true, refresh: true, taggedAt: "2026-01-01T00:00:00Z" };
  const pulls = (pull_policy: string, now?: string) => planned({ pull_policy }, now ? { ...how, now } : how).length > 0;
  test("pulls once that is over since the tag was set here", () => {
    expect([pulls("daily", "2026-01-01T23:59:59Z"), pulls("daily", "2026-01-02T00:00:00Z")]).toEqual([false, true]);
    expect([pulls("weekly", "2026-01-07T23:59:59Z"), pulls("weekly", "2026-01-08T00:00:00Z")]).toEqual([false, true]);
    expect([pulls("every_1h30m", "2026-01-01T01:00:00Z"), pulls("every_1h30m", "2026-01-01T01:30:00Z")]).toEqual([
      false,
      true,
    ]);
  });
  test("pulls what bears no time of its tag, as a pulled image may", () =>
    expect(
      planned({ pull_policy: "daily" }, { present: true, refresh: true, now: "2026-01-01T00:00:00Z" }),
    ).toHaveLength(1));
  test("pulls at every new commit where nobody tells the time", () => expect(pulls("weekly")).toBe(true));
  test("refresh is nothing but missing, as in Docker Compose 2.40", () => expect(pulls("refresh")).toBe(false));
});

test("an image of another platform is as good as none", () => {
  expect(planned({ platform: "linux/arm64/v8" }, { present: true })).toEqual(["pull-image: image is not here"]);
  expect(planned({ platform: "linux/amd64" }, { present: true })).toEqual([]);
  expect(planned({ platform: "linux/arm64" }, { present: true, pinned: true })).toEqual([]);
});
test("a routine pass never pulls what is here", () =>
  expect(planned({ pull_policy: "always" }, { present: true })).toEqual([]));
test("going back never looks for newer images", () =>
  expect(planned({ pull_policy: "always" }, { present: true, refresh: true, pinned: true })).toEqual([]));
test("pull_policy never does not pull", () => expect(planned({ pull_policy: "never" })).toEqual([]));
test("a service that is built asks for a build", () =>
  expect(planned({ build: { context: "." } })).toEqual(["build-image: image is not here"]));
test("what runs nowhere needs no image", () => expect(planned({ scale: 0 })).toEqual([]));

describe("an image that can be built", () => {
  const build = { context: "." };
  test("is built again for a newer base with each new commit when build.pull says so, and never stand-alone", () => {
    const how = { present: true, builtFrom: "c", context: "c" };
    const anew = (more: How) => planned({ build: { ...build, pull: true } }, more);
    expect(anew({ ...how, refresh: true })).toEqual(["build-image: build.pull looks for a newer base image"]);
    expect(anew(how)).toEqual([]);
    expect(anew({ present: true, refresh: true })).toEqual([]);
  });
  test("is built while it is missing, also when it may not be pulled", () =>
    expect(planned({ build, pull_policy: "never" })).toEqual(["build-image: image is not here"]));
  test("is left alone while nobody knows what its build would be sent", () =>
    expect(planned({ build }, { present: true, refresh: true })).toEqual([]));
  test("is left alone while its build would be sent the same", () =>
    expect(planned({ build }, { present: true, refresh: true, builtFrom: "a", context: "a" })).toEqual([]));
  test("is built again when its build would be sent something else", () =>
    expect(planned({ build }, { present: true, builtFrom: "a", context: "b" })).toEqual([
      "build-image: what it is built from changed",
    ]));
  test("is built again when nothing tells what it was built from", () =>
    expect(planned({ build }, { present: true, context: "b" })).toEqual([
      "build-image: nothing tells what the image was built from",
    ]));
  test("is not built again on the way back to a release", () =>
    expect(planned({ build }, { present: true, pinned: true, builtFrom: "a", context: "b" })).toEqual([]));
  test("is built again once when that is asked for", () => {
    const asked = { present: true, force: true, builtFrom: "a", context: "a" };
    expect(planned({ build }, { ...asked, refresh: true })).toEqual(["build-image: a build was asked for"]);
    expect(planned({ build }, asked)).toEqual([]);
  });
  test("is built again once by pull_policy build", () =>
    expect(planned({ build, pull_policy: "build" }, { present: true, refresh: true })).toEqual([
      "build-image: pull_policy is build",
    ]));
});

test("of two services with one image the one that can build it does", () => {
  const project = sampleProject({ job: { image: "app:1" }, web: { image: "app:1", build: { context: "." } } });
  const observed = observedState(project, [], { images: { "app:1": null } });
  const builder = new PlanBuilder("shop");
  planImages(
    project,
    observed,
    { pins: {}, refresh: false, builds: { contexts: {}, force: false, pullFirst: true } },
    builder,
  );
  expect(builder.build().operations).toMatchObject([{ kind: "build-image", serviceName: "web", pullFirst: true }]);
});

test("who runs an image is named where another one makes its containers anew", () => {
  const project = sampleProject({
    web: { build: { context: "." } },
    job: { image: "web:1" },
    idle: { image: "web:1" },
  });
  const observed = observedState(project, [runningContainer(project, "web"), runningContainer(project, "job")]);
  const builds = { contexts: {}, force: true, pullFirst: false };
  const builder = new PlanBuilder("shop");
  planImages(project, observed, { pins: {}, refresh: true, builds }, builder);
  expect(builder.build().operations.map(({ cause }) => cause)).toEqual([
    "a build was asked for; if that gives another image, made anew: web, job",
  ]);
});

test("an image waits for the one it is built from", () => {
  const contexts = { base: "service:base" };
  const web = { build: { context: ".", additional_contexts: contexts } };
  const project = sampleProject({ web, base: { build: { context: "." } }, other: { build: { context: "." } } });
  const observed = { ...observedState(project, []), images: {} };
  const builder = new PlanBuilder("shop");
  const builds = { contexts: {}, force: false, pullFirst: false };
  planImages(project, observed, { pins: {}, refresh: true, builds }, builder);
  expect(builder.build().operations).toMatchObject([
    { kind: "build-image", serviceName: "base", after: [] },
    { kind: "build-image", serviceName: "web", after: [0] },
    { kind: "build-image", serviceName: "other", after: [] },
  ]);
});

test("trap 39: an image that one service builds and another only uses is built once and pulled by nobody", () => {
  const build = { context: "/srv/shop" };
  const project = sampleProject({ app: { image: "shop:1", build }, worker: { image: "shop:1" } });
  const observed = { ...observedState(project, []), images: { "shop:1": null } };
  const builder = new PlanBuilder("shop");
  const builds = { contexts: {}, force: false, pullFirst: false };
  planImages(project, observed, { pins: {}, refresh: true, builds }, builder);
  expect(builder.build().operations.map(({ kind }) => kind)).toEqual(["build-image"]);
});
