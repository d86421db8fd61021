import { expect, test } from "bun:test";
import { ignoredSettings } from "../../src/plan/ignored-settings.ts";
import type { Project, Service } from "../../src/project.ts";
import { sampleProject } from "../support/sample-project.ts";

const files: Partial<Project> = {
  configs: { site: { name: "site", file: "/srv/site.conf" }, inline: { name: "inline", content: "x" } },
  secrets: { key: { name: "key", file: "/srv/key" }, token: { name: "token", environment: "TOKEN" } },
};
const told = (service: Partial<Service>) => ignoredSettings({ ...sampleProject({ web: service }), ...files }, "web");

test("the owner and mode of a mounted file are ignored, and it is told", () => {
  expect(told({ configs: [{ source: "site", mode: "0440" }], secrets: [{ source: "key", uid: "7" }] })).toEqual([
    "services.web.configs: uid, gid and mode of site are ignored, as its file is mounted the way it is on the host",
    "services.web.secrets: uid, gid and mode of key are ignored, as its file is mounted the way it is on the host",
  ]);
});

test("what is put into the container has its owner and mode, and a plain reference asks for none", () => {
  const configs = [{ source: "inline", mode: "0440" }, { source: "site" }];
  expect(told({ configs, secrets: [{ source: "token", gid: "7" }, { source: "key" }] })).toEqual([]);
});

test("options of another type of mount are told", () => {
  const volumes = [
    { type: "tmpfs", target: "/run", bind: { create_host_path: true } },
    { type: "volume", source: "data", target: "/data", volume: {} },
  ];
  expect(told({ volumes })).toEqual([
    "services.web.volumes: a mount of type tmpfs, as the one at /run, takes no notice of bind options",
  ]);
});
