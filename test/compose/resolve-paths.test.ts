import { expect, test } from "bun:test";
import { hostPath, resolvePaths } from "../../src/compose/resolve-paths.ts";
import type { Value } from "../../src/compose/tree.ts";
import { load, service } from "./memory-files.ts";

const base = { directory: "/srv/app", home: "/root" };

test("relative paths begin at the project directory, ~ is the home directory", () => {
  expect(["./a", "../b", "/c", "~/d", "~"].map((path) => hostPath(path, base))).toEqual([
    "/srv/app/a",
    "/srv/b",
    "/c",
    "/root/d",
    "/root",
  ]);
  expect(hostPath("~x", base)).toBe("/root/x");
});
test.each<[string, Value]>([
  ["https://github.com/a/b.git", "https://github.com/a/b.git"],
  ["git@github.com:a/b", "git@github.com:a/b"],
  ["./ctx/", "/srv/app/ctx"],
  ["/opt/app/", "/opt/app/"],
  ["/opt/../app", "/opt/../app"],
])("a build context %s is %s", (context, expected) => {
  expect<Value>(resolvePaths({ services: { a: { build: { context } } } }, base)).toEqual({
    services: { a: { build: { context: expected } } },
  });
});
test("a key file of a build is a path", () => {
  const ssh = { default: null, k: "./key", n: "~/key" };
  expect<Value>(resolvePaths({ services: { a: { build: { ssh } } } }, base)).toEqual({
    services: { a: { build: { ssh: { default: null, k: "/srv/app/key", n: "/root/key" } } } },
  });
});
test("bases of bases are found while paths stay relative", () => {
  const project = load(
    "services: { web: { extends: { file: a/b.yaml, service: web } } }",
    { leaveOut: ["paths"] },
    {
      "a/b.yaml": "services: { web: { extends: { file: c/d.yaml, service: web } } }",
      "a/c/d.yaml": "services: { web: { image: a, volumes: ['./x:/x'] } }",
    },
  );
  expect(service(project, "web").volumes?.map(({ source }) => source)).toEqual(["a/c/x"]);
});
test("named volumes are no paths, bind sources are", () => {
  const project = load("services: { web: { image: a, volumes: ['data:/d', './x:/x'] } }\nvolumes: { data: }");
  expect(service(project, "web").volumes?.map(({ source }) => source)).toEqual(["data", "/srv/app/x"]);
});
test("the local driver's bound folder is a path, any other device is not", () => {
  const volume = (o: string): Value => ({ volumes: { v: { driver: "local", driver_opts: { o, device: "./dev" } } } });
  expect(JSON.stringify(resolvePaths(volume("bind"), base))).toContain("/srv/app/dev");
  expect(JSON.stringify(resolvePaths(volume("nfs"), base))).toContain('"./dev"');
});
