import { describe, expect, test } from "bun:test";
import { loadProject, positionOf } from "../../src/compose/load-project.ts";
import { load, memoryFiles, refusal, request, service } from "./memory-files.ts";

test("a project says where it came from", () => {
  const project = load("name: other\nservices: { web: { image: a } }\nx-note: { a: 1 }", { envFiles: [] });
  expect(project).toMatchObject({
    name: "app",
    workingDir: "/srv/app",
    files: ["/srv/app/compose.yaml"],
    envFiles: [],
    extensions: { "x-note": { a: 1 } },
  });
});
test("positions survive a copy of the project, and fall back to what is around", () => {
  const project = { ...load("services:\n  web:\n    image: a\n    privileged: true\n") };
  expect(positionOf(project, "services.web.privileged")).toEqual({ file: "/srv/app/compose.yaml", line: 4, column: 5 });
  expect(positionOf(project, "services.web.networks.default")?.line).toBe(2);
});
test("an empty file is refused", () => {
  for (const text of ["", "# nothing\n"]) expect(refusal(() => load(text)).message).toContain("empty compose file");
});

describe("traps", () => {
  test("port 22:22 is no sexagesimal number and restart: no is no boolean", () => {
    const project = load("services:\n  a:\n    image: a\n    ports:\n      - 22:22\n    restart: no\n");
    expect(service(project, "a")).toMatchObject({ ports: [{ target: 22, published: "22" }], restart: "no" });
  });
  test("an unset and an empty command differ", () => {
    const project = load("services: { a: { image: a, command: null, entrypoint: [] }, b: { image: b, command: '' } }");
    expect([service(project, "a").command, service(project, "a").entrypoint, service(project, "b").command]).toEqual([
      null,
      [],
      [],
    ]);
  });
  test("relative binds begin at the project directory, not at each file's own", () => {
    const tree = {
      "/srv/app/compose.yaml": "services: { a: { image: a } }",
      "/srv/app/over/b.yaml": "services: { a: { volumes: ['./x:/x'] } }",
    };
    const project = loadProject(memoryFiles(tree), request({ files: ["compose.yaml", "over/b.yaml"] }));
    expect(service(project, "a").volumes?.[0]?.source).toBe("/srv/app/x");
  });
  test("unknown volume options are no matter", () => {
    expect(
      service(load("services: { a: { image: a, volumes: ['./x:/x:cached'] } }"), "a").volumes?.[0],
    ).not.toHaveProperty("consistency");
  });
  test("one host may have two addresses", () => {
    expect(
      service(load("services: { a: { image: a, extra_hosts: ['h:1.1.1.1', 'h:2.2.2.2'] } }"), "a").extra_hosts,
    ).toHaveLength(2);
  });
  test("service names may contain dots and be words of the language", () => {
    expect(
      Object.keys(load("services: { a.b: { image: a }, constructor: { image: b, depends_on: [a.b] } }").services),
    ).toEqual(["a.b", "constructor"]);
  });
  test("a dollar in a label is written twice", () => {
    expect(service(load('services: { a: { image: a, labels: { r: "^$$" } } }'), "a").labels).toEqual({ r: "^$" });
  });
  test("an unused network is not created, a second service's default is", () => {
    const project = load("services: { a: { image: a, networks: [n] }, b: { image: b } }\nnetworks: { n: , m: }");
    expect(Object.keys(project.networks).sort()).toEqual(["default", "n"]);
  });
  test("version only warns", () =>
    expect(load("version: '3.8'\nservices: { a: { image: a } }").warnings[0]).toContain("obsolete"));
});

describe("steps left out", () => {
  const text =
    "services: { web: { image: a, volumes: ['./d:/d'], networks: [gone], extends: { file: sub/b.yaml, service: b } } }";
  const others = { "sub/b.yaml": "services: { b: { env_file: [b.env] } }", "sub/b.env": "FROM=b" };
  test("without consistency an undefined network is no matter", () => {
    expect(refusal(() => load(text, {}, others)).message).toContain("undefined network gone");
    expect(load(text, { leaveOut: ["consistency"] }, others).services["web"]?.networks).toEqual({ gone: null });
  });
  test("without paths they stay relative to the project, also those of an extended file", () => {
    const project = load(text, { leaveOut: ["paths", "consistency"] }, others);
    expect(project.services["web"]?.volumes?.[0]?.source).toBe("./d");
    expect(project.services["web"]?.environment).toEqual({ FROM: "b" });
  });
  test("without normalisation there is no default network and no implied dependency", () => {
    const project = load("services: { a: { image: a, links: [b] }, b: { image: b } }", { leaveOut: ["normalization"] });
    expect([project.networks, project.services["a"]?.depends_on]).toEqual([{}, undefined]);
  });
  test("without paths what is included stands behind its own folder", () => {
    const included = { "sub/c.yaml": "services: { c: { image: c, volumes: ['./e:/e'] } }" };
    const project = load("include: [sub/c.yaml]", { leaveOut: ["paths"] }, included);
    expect(project.services["c"]?.volumes?.[0]?.source).toBe("sub/e");
  });
});

describe("what is refused so that one project cannot hold up the others", () => {
  test("files that include one another many times over", () => {
    const numbers = Array.from({ length: 40 }, (_, index) => index);
    const others = Object.fromEntries(
      numbers.map((index) => [
        `i${index}.yaml`,
        index === 39
          ? "services: { web: { image: a } }"
          : `include: [${numbers
              .slice(index + 1)
              .map((one) => `i${one}.yaml`)
              .join(", ")}]`,
      ]),
    );
    expect(refusal(() => load("include: [i0.yaml]", {}, others)).message).toContain("more than 500 files are included");
  });
  test("ranges that stand for more ports than anybody forwards", () => {
    expect(load("services: { a: { image: a, ports: ['49152-65535:49152-65535'] } }").services["a"]?.ports).toHaveLength(
      16_384,
    );
    expect(refusal(() => load("services: { a: { image: a, ports: ['1-65535:1-65535'] } }")).message).toContain(
      "more than 20000 ports",
    );
  });
  test("an env file larger than any person's", () => {
    const others = { "x.env": "A=1\n".repeat(300_000) };
    expect(refusal(() => load("services: { a: { image: a, env_file: x.env } }", {}, others)).message).toContain(
      "/srv/app/x.env is larger than 1048576 characters",
    );
  });
});
