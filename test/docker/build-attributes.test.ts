import { expect, test } from "bun:test";
import { frontendAttributes } from "../../src/docker/build-attributes.ts";

const service = { command: null, entrypoint: null };

test("a build asks the frontend for nothing that the file does not say", () =>
  expect(frontendAttributes(service, { context: "/srv" }, "Dockerfile", {})).toEqual({
    filename: "Dockerfile",
    "image-resolve-mode": "default",
  }));
test("every field is handed on as the Engine hands it on", () =>
  expect(
    frontendAttributes(
      { ...service, platform: "linux/386" },
      {
        context: "/srv",
        args: { A: "1", B: null },
        target: "final",
        cache_from: ["type=registry,ref=r.test/web:cache", "web:0"],
        no_cache: true,
        network: "none",
        extra_hosts: ["db=10.0.0.1", "six=::1"],
        shm_size: "134217728",
        ulimits: { nofile: { soft: 10, hard: 20 }, nproc: 5 },
      },
      "docker/app.Dockerfile",
      { own: "x" },
    ),
  ).toEqual({
    filename: "docker/app.Dockerfile",
    target: "final",
    "build-arg:A": "1",
    "label:own": "x",
    "no-cache": "",
    "image-resolve-mode": "default",
    platform: "linux/386",
    "force-network-mode": "none",
    "add-hosts": "db=10.0.0.1,six=::1",
    "shm-size": "134217728",
    ulimit: "nofile=10:20,nproc=5:5",
    "cache-from": "r.test/web:cache,web:0",
  }));
test("a build's own platform stands above the service's", () => {
  const build = { context: "/srv", platforms: ["linux/arm64"] };
  expect(frontendAttributes({ ...service, platform: "linux/386" }, build, "D", {})["platform"]).toBe("linux/arm64");
});
