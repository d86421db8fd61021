import { expect, test } from "bun:test";
import { injectedFiles } from "../../src/docker/inject-files.ts";
import type { Project, Service } from "../../src/project.ts";
import { sampleProject } from "../support/sample-project.ts";

function filesOf(service: Partial<Service>, files: Partial<Project>) {
  return injectedFiles({ ...sampleProject({ web: service }), ...files }, "web");
}

test("only what no host file holds is put in, at its target with its mode and owner", () => {
  const service = {
    configs: [{ source: "inline", target: "etc/app.conf", mode: "0640" }, { source: "file" }, { source: "empty" }],
    secrets: [{ source: "token", uid: "7", gid: "8" }],
  };
  const configs = { inline: { content: "a" }, file: { file: "/f" }, empty: { content: "" } };
  expect(filesOf(service, { configs, secrets: { token: { environment: "TOKEN", content: "t" } } })).toEqual([
    { target: "/run/secrets/token", content: "t", mode: 0o444, uid: 7, gid: 8 },
    { target: "/etc/app.conf", content: "a", mode: 0o640, uid: 0, gid: 0 },
  ]);
});

test("a variable that isn't set is named", () => {
  const secrets = { token: { environment: "TOKEN" } };
  expect(() => filesOf({ secrets: [{ source: "token" }] }, { secrets })).toThrow(
    'environment variable "TOKEN" required by secret "token" is not set.',
  );
});

test("a read-only service can't be given content", () => {
  const configs = { inline: { content: "a" } };
  expect(() => filesOf({ read_only: true, configs: [{ source: "inline" }] }, { configs })).toThrow(
    'cannot create config "inline" in read-only service web',
  );
});
