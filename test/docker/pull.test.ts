import { expect, test } from "bun:test";
import { registryHost, splitReference } from "../../src/docker/pull.ts";
import { PullProgress } from "../../src/docker/pull-progress.ts";

test.each([
  ["web", "web", "latest"],
  ["web:1", "web", "1"],
  ["host:5000/web", "host:5000/web", "latest"],
  ["host:5000/a/web:1", "host:5000/a/web", "1"],
  ["web@sha256:ab", "web", "sha256:ab"],
  ["web:1@sha256:ab", "web:1", "sha256:ab"],
] as const)("%s is pulled as one tag or digest", (image, name, tag) => {
  expect(splitReference(image)).toEqual({ name, tag });
});

test.each([
  ["web", "docker.io"],
  ["someone/web", "docker.io"],
  ["ghcr.io/a/web", "ghcr.io"],
  ["localhost/web", "localhost"],
  ["host:5000/web", "host:5000"],
] as const)("the registry of %s is %s", (name, host) => {
  expect(registryHost(name)).toBe(host);
});

test("progress sums layers up and is shown at most twice a second", () => {
  const shown: string[] = [];
  const progress = new PullProgress((text) => shown.push(text));
  const layer = (id: string, status: string, current: number, total: number, at: number) =>
    progress.show({ id, status, progressDetail: { current, total } }, at);
  layer("aaaaaaaaaaaa", "Downloading", 1e6, 4e6, 1_000);
  layer("bbbbbbbbbbbb", "Downloading", 1e6, 2e6, 1_100);
  layer("aaaaaaaaaaaa", "Pull complete", 0, 0, 1_600);
  expect(shown).toEqual([
    "downloading 1.0 of 4.0 MB, 0 of 1 layers done",
    "downloading 2.0 of 6.0 MB, 1 of 2 layers done",
  ]);
});
