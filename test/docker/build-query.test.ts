import { expect, test } from "bun:test";
import { buildQuery, imageLabels, isRemote } from "../../src/docker/build-query.ts";
import type { Build } from "../../src/project.ts";
import { sampleProject } from "../support/sample-project.ts";

const service = { command: null, entrypoint: null };

function query(build: Partial<Build>) {
  return buildQuery("web:1", service, { context: "/srv/app", ...build }, "Dockerfile");
}

test("a build asks for BuildKit and its tags, and for nothing that the file does not say", () =>
  expect(query({})).toEqual({ version: "2", t: ["web:1"], dockerfile: "Dockerfile", buildargs: "{}" }));
test("every field that the Engine knows is handed on as it wants it", () =>
  expect(
    query({
      args: { A: "1", B: null },
      target: "final",
      tags: ["web:1", "web:2"],
      cache_from: ["type=registry,ref=r.test/web:cache", "web:0"],
      no_cache: true,
      network: "none",
      extra_hosts: ["db=10.0.0.1", "six=::1"],
      shm_size: "134217728",
      ulimits: { nofile: { soft: 10, hard: 20 }, nproc: 5 },
      platforms: ["linux/arm64"],
    }),
  ).toMatchObject({
    t: ["web:1", "web:2"],
    buildargs: '{"A":"1","B":null}',
    target: "final",
    cachefrom: '["r.test/web:cache","web:0"]',
    nocache: "1",
    networkmode: "none",
    extrahosts: ["db:10.0.0.1", "six:::1"],
    shmsize: "134217728",
    ulimits: '[{"Name":"nofile","Soft":10,"Hard":20},{"Name":"nproc","Soft":5,"Hard":5}]',
    platform: "linux/arm64",
  }));
test("an inline cache is asked for with an argument of the builder's own", () => {
  const { buildargs } = query({ args: { A: "1" }, cache_to: ["type=inline"] });
  expect(buildargs).toBe('{"A":"1","BUILDKIT_INLINE_CACHE":"1"}');
});
test("a service's own platform is the build's, unless the build names one", () =>
  expect(buildQuery("a", { ...service, platform: "linux/386" }, { context: "/" }, "D")["platform"]).toBe("linux/386"));
test("a context that is an address is the Engine's to fetch", () => {
  expect(query({ context: "https://r.test/a.git#main:sub" })["remote"]).toBe("https://r.test/a.git#main:sub");
  expect(["git@r.test:a.git", "github.com/a/b", "/srv/a", "/srv/git@x"].map(isRemote)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
test("Compose's labels and the digest stand above the file's, and none names the stack", () => {
  const labels = { "com.docker.compose.project": "other", own: "1" };
  const project = sampleProject({ web: { build: { context: "/", labels } } });
  expect(imageLabels(project, "web", "abc")).toEqual({
    own: "1",
    "com.docker.compose.project": "shop",
    "com.docker.compose.service": "web",
    "com.docker.compose.version": "2.40.3",
    "io.tallyman.context": "abc",
  });
});
