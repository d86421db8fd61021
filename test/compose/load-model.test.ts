import { expect, test } from "bun:test";
import { loadModel } from "../../src/compose/load-model.ts";
import { openProject } from "../../src/compose/open-project.ts";
import { load, memoryFiles, refusal, request, service } from "./memory-files.ts";

test("a model is canonical, with absolute paths and known variables", () => {
  const files = memoryFiles({
    "/srv/app/compose.yaml": "version: '3'\nservices: { a: { image: a, environment: [X], volumes: ['./d:/d'] } }",
  });
  const { context, found } = openProject(files, request({ environment: { X: "1" } }));
  const model = loadModel(found.files, context);
  expect(model).toEqual({
    services: {
      a: {
        image: "a",
        environment: ["X=1"],
        volumes: [{ type: "bind", source: "/srv/app/d", target: "/d", bind: { create_host_path: true } }],
      },
    },
  });
  expect([...context.notes.warnings]).toEqual([
    "/srv/app/compose.yaml: the attribute `version` is obsolete, it will be ignored, please remove it to avoid potential confusion",
  ]);
});
test("documents of one file are laid over each other", () => {
  const project = load(
    "services: { a: { image: a, ports: ['80:80'] } }\n---\nservices: { a: { image: b, ports: !reset [] } }",
  );
  expect([service(project, "a").image, service(project, "a").ports]).toEqual(["b", undefined]);
});
test("empty DNS servers are left out", () => {
  expect(service(load('services: { a: { image: a, dns: ["", 1.1.1.1] } }'), "a").dns).toEqual(["1.1.1.1"]);
});
test("a document that is no mapping is refused", () => {
  expect(refusal(() => load("just text")).message).toEndWith("top-level object must be a mapping");
  expect(refusal(() => load("services: { a: { image: a } }\n---\n")).message).toEndWith(
    "top-level object must be a mapping",
  );
});
