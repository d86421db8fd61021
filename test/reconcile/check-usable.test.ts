import { expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import { checkUsable } from "../../src/reconcile/check-usable.ts";
import type { Unusable } from "../../src/source.ts";
import { sampleProject } from "../support/sample-project.ts";

const mounting = (path: string) =>
  sampleProject({ web: { volumes: [{ type: "bind", source: `/live${path}`, target: "/in" }] } });

function refusal(path: string, unusable: Readonly<Record<string, Unusable>>): string {
  try {
    checkUsable(mounting(path), new Map(Object.entries(unusable)), "/live");
    return "";
  } catch (thrown) {
    return thrown instanceof TallymanError ? thrown.message : String(thrown);
  }
}

test.each<[string, Readonly<Record<string, Unusable>>, string]>([
  ["/app.conf", { "app.conf": "lfs-pointer" }, "services.web mounts app.conf, which is a Git LFS pointer"],
  ["/site", { "site/img/a.png": "lfs-pointer" }, "services.web mounts site/img/a.png, which is a Git LFS pointer"],
  ["", { "a.png": "lfs-pointer" }, "services.web mounts a.png, which is a Git LFS pointer"],
  ["/theme/css", { theme: "submodule" }, "services.web mounts theme, which is a submodule"],
  ["/site", { "site/theme": "submodule" }, "services.web mounts site/theme, which is a submodule"],
  ["/shadow", { shadow: "outer-link" }, "services.web mounts shadow, which is a link that leads out"],
])("what is mounted at %p must be what it stands for (%j)", (path, unusable, words) => {
  expect(refusal(path, unusable)).toStartWith(words);
});

test.each<[string, Readonly<Record<string, Unusable>>]>([
  ["/app.conf", { "app.conf.png": "lfs-pointer" }],
  ["/site", { "other/a.png": "lfs-pointer", theme: "submodule" }],
  ["/site", { "site/bin/tool": "outer-link", "site/caf\uFFFD": "odd-name" }],
  ["/../elsewhere", { "a.png": "lfs-pointer" }],
])("what is mounted at %p may be beside %j", (path, unusable) => expect(refusal(path, unusable)).toBe(""));
