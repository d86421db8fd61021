import { describe, expect, test } from "bun:test";
import type { Project } from "../../src/project.ts";
import { load, refusal } from "./memory-files.ts";

const TEXT = `
services:
  web: { image: a, depends_on: [db], networks: [front] }
  db: { image: b, networks: [back], volumes: ["data:/data"] }
  mail: { image: c, networks: [front, post] }
  debug: { image: d, profiles: [debug], depends_on: [probe] }
  probe: { image: e, profiles: [debug], env_file: ./probe.env }
  odd: { image: f, profiles: [odd], depends_on: [debug] }
  free: { image: g, depends_on: { odd: { condition: service_started, required: false } } }
networks: { front: , back: , post: }
volumes: { data: }
`;
const names = (record: object) => Object.keys(record).sort();
const chosen = (services: readonly string[], others: Readonly<Record<string, string>> = {}): Project =>
  load(TEXT, { services }, others);

describe("of the named services", () => {
  test("what they depend on comes too, the rest counts as kept out", () => {
    const project = chosen(["web"]);
    expect([names(project.services), project.disabledServices]).toEqual([
      ["db", "web"],
      ["debug", "free", "mail", "odd", "probe"],
    ]);
    expect([names(project.networks), names(project.volumes)]).toEqual([["back", "front"], ["data"]]);
  });

  test("one that a profile keeps out has its profiles enabled", () => {
    const project = chosen(["debug"], { "probe.env": "A=1\n" });
    expect(names(project.services)).toEqual(["debug", "probe"]);
    expect(project.services["probe"]?.environment).toEqual({ A: "1" });
  });

  test("the env files of the others are not read", () => {
    expect(refusal(() => load(TEXT, { profiles: ["debug"] })).message).toContain(
      "env file /srv/app/probe.env not found",
    );
    expect(names(load(TEXT, { profiles: ["debug"], services: ["web"] }).services)).toEqual(["db", "web"]);
  });

  test("nobody waits for what need not be there", () => {
    expect(chosen(["free"]).services["free"]?.depends_on).toEqual({});
  });
});

test("an unknown name is told, with those that there are", () => {
  expect(refusal(() => chosen(["nope"]))).toMatchObject({
    reason: "NotFound",
    message: "no such service: nope",
    hint: "The project has db, debug, free, mail, odd, probe, web.",
  });
});

test("a dependency in another profile is missing", () => {
  expect(refusal(() => chosen(["odd"]))).toMatchObject({
    message: "no such service: debug",
    hint: "Enable its profile with --profile.",
  });
});
