import { describe, expect, test } from "bun:test";
import { TALLYMAN_LABEL } from "../../src/label.ts";
import { changedContents, contentCause, contentsFromLabel } from "../../src/plan/content-divergence.ts";
import { runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

const project = { ...sampleProject({ web: {} }), contents: { web: { "./nginx.conf": "b", "./conf": "c" } } };
const label = (value: string) => ({ [TALLYMAN_LABEL.contents]: value });
const web = (value?: string) =>
  runningContainer(project, "web", 1, value === undefined ? {} : { labels: label(value) });
const kept = (contents: Readonly<Record<string, string>> | null) => ({
  containerId: web().id,
  configHash: null,
  contents,
  tolerated: [],
});

describe("content that changed", () => {
  test("is told by its path", () =>
    expect(changedContents(project, "web", web('{"./nginx.conf":"a","./conf":"c"}'), undefined)).toEqual([
      "./nginx.conf",
    ]));
  test("is told of a path that came and one that went", () =>
    expect(changedContents(project, "web", web('{"./nginx.conf":"b","./old":"o"}'), undefined)).toEqual([
      "./conf",
      "./old",
    ]));
  test("is none where nobody knows what the container has read", () =>
    expect(changedContents(project, "web", web(), undefined)).toEqual([]));
  test("is none where the project says nothing about contents", () =>
    expect(changedContents(sampleProject({ web: {} }), "web", web('{"./a":"a"}'), undefined)).toEqual([]));
  test("is measured by what is kept beside the container rather than by its label", () =>
    expect(changedContents(project, "web", web("{}"), kept({ "./nginx.conf": "b", "./conf": "c" }))).toEqual([]));
  test("is measured by the label when nothing else is kept", () =>
    expect(changedContents(project, "web", web("{}"), kept(null))).toEqual(["./conf", "./nginx.conf"]));
});

describe("a label", () => {
  test.each(["", "nonsense", "[]", "null", '{"./a":1}'])("that nobody of us wrote says nothing: %p", (value) =>
    expect(contentsFromLabel(label(value))).toBeNull(),
  );
  test("that is longer than any of ours says nothing", () =>
    expect(contentsFromLabel(label(`{"./a":"${"x".repeat(300_000)}"}`))).toBeNull());
});

test("the cause names files and folders", () =>
  expect(["./nginx.conf", "./Caddyfile", "./conf.d", "./conf"].map(contentCause)).toEqual([
    "config file ./nginx.conf changed",
    "config file ./Caddyfile changed",
    "files under ./conf.d changed",
    "files under ./conf changed",
  ]));
