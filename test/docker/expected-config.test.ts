import { describe, expect, test } from "bun:test";
import { expectedConfig } from "../../src/docker/expected-config.ts";

const image = {
  Cmd: ["serve"],
  Entrypoint: ["/entry"],
  Env: ["PATH=/bin", "MODE=prod"],
  User: "app",
  ExposedPorts: { "80/tcp": {} },
  Healthcheck: { Test: ["CMD", "true"], Interval: 5 },
};
const merged = (sent: object) => expectedConfig({ ...sent }, image);

describe("what a create leaves open comes from the image", () => {
  test("command and entrypoint", () =>
    expect(merged({})).toMatchObject({ Cmd: ["serve"], Entrypoint: ["/entry"], User: "app" }));
  test("the entrypoint beside a command of one's own", () =>
    expect(merged({ Cmd: ["x"] })).toMatchObject({ Cmd: ["x"], Entrypoint: ["/entry"] }));
  test("but no command beside an entrypoint of one's own", () =>
    expect(merged({ Entrypoint: ["/own"] })).toMatchObject({ Cmd: undefined, Entrypoint: ["/own"] }));
  test("variables that are not set, and a bare name is one that is", () =>
    expect(merged({ Env: ["MODE"] })["Env"]).toEqual(["MODE", "PATH=/bin"]));
  test("ports beside the own ones", () =>
    expect(merged({ ExposedPorts: { "81/tcp": {} } })["ExposedPorts"]).toEqual({ "80/tcp": {}, "81/tcp": {} }));
  test("each field of the healthcheck by itself", () =>
    expect(merged({ Healthcheck: { Interval: 9 } })["Healthcheck"]).toEqual({ Test: ["CMD", "true"], Interval: 9 }));
});
