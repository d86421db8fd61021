import { expect, test } from "bun:test";
import { engineError, engineText, statusOf } from "../../src/docker/engine-error.ts";
import { pullError } from "../../src/docker/pull-error.ts";

const HOST = "unix:///var/run/docker.sock";
const answer = (statusCode: number, message: string) =>
  Object.assign(new Error(`(HTTP code ${statusCode}) unexpected - ${message} `), { statusCode, json: { message } });

test("an Engine that isn't there or is closed to us says what to do", () => {
  const gone = engineError(Object.assign(new Error("x"), { code: "ENOENT" }), "list", HOST);
  expect(gone).toMatchObject({ reason: "EngineUnreachable", hint: expect.stringContaining("Is Docker running?") });
  const denied = engineError(Object.assign(new Error("x"), { code: "EACCES" }), "list", HOST);
  expect(denied).toMatchObject({ reason: "EngineUnreachable", hint: expect.stringContaining("docker group") });
  expect(denied.message).toContain(HOST);
});

test.each([
  ["No such image: web:1", 404, "ImageUnavailable"],
  ["write /x: no space left on device", 500, "DiskFull"],
  ["Bind for 0.0.0.0:80 failed: port is already allocated", 500, "EngineRefused"],
  ['Conflict. The container name "/a" is already in use by container "b"', 409, "EngineRefused"],
  ["Failed to Setup IP tables: (iptables failed: iptables --wait -t nat -I DOCKER)", 500, "EngineFailed"],
  ["something new", 500, "EngineRefused"],
] as const)("%s", (message, status, reason) => {
  const error = engineError(answer(status, message), "create", HOST);
  expect(error.reason).toBe(reason);
  expect(error.message).toBe(`create: ${message}.`);
  expect(error.hint).not.toBe("");
  expect(statusOf(error)).toBe(status);
  expect(engineText(error)).toBe(message);
});

test("the words of a stream's failure are found without JSON", () => {
  const thrown = Object.assign(new Error("(HTTP code 500) unexpected - went wrong "), { statusCode: 500, json: null });
  expect(engineText(thrown)).toBe("went wrong");
});

test.each([
  ["manifest for web:1 not found: manifest unknown: manifest unknown", "ImageUnavailable"],
  ["no matching manifest for linux/arm64 in the manifest list entries", "ImageUnavailable"],
  ["pull access denied for web, repository does not exist or may require 'docker login'", "RegistryDenied"],
  ["unauthorized: authentication required", "RegistryDenied"],
  ["toomanyrequests: You have reached your pull rate limit", "RegistryUnavailable"],
  ["received unexpected HTTP status: 503 Service Unavailable", "RegistryUnavailable"],
  ["dial tcp: lookup registry.example: no such host", "RegistryUnavailable"],
  ["net/http: TLS handshake timeout", "RegistryUnavailable"],
  ["failed to register layer: write /x: no space left on device", "DiskFull"],
] as const)("pull: %s", (text, reason) => {
  expect(pullError("web:1", text, null).reason).toBe(reason);
});
