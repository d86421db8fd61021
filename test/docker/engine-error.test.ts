import { expect, test } from "bun:test";
import { engineError, engineText, statusOf } from "../../src/docker/engine-error.ts";
import { pullError } from "../../src/docker/pull-error.ts";

const HOST = "unix:///var/run/docker.sock";
const CREATE = { method: "POST", path: "/containers/create", what: "create" };
const LIST = { method: "GET", path: "/containers/json", what: "list" };
const answer = (statusCode: number, message: string) =>
  Object.assign(new Error(`(HTTP code ${statusCode}) unexpected - ${message} `), { statusCode, json: { message } });

test("an Engine that isn't there or is closed to us says what to do", () => {
  const gone = engineError(Object.assign(new Error("x"), { code: "ENOENT" }), LIST, HOST);
  expect(gone).toMatchObject({ reason: "EngineUnreachable", hint: expect.stringContaining("Is Docker running?") });
  const denied = engineError(Object.assign(new Error("x"), { code: "EACCES" }), LIST, HOST);
  expect(denied).toMatchObject({ reason: "EngineUnreachable", hint: expect.stringContaining("docker group") });
  expect(denied.message).toContain(HOST);
});

test.each([
  ["No such image: web:1", 404, "ImageUnavailable"],
  ["write /x: no space left on device", 500, "DiskFull"],
  ["Bind for 0.0.0.0:80 failed: port is already allocated", 500, "EngineRefused"],
  ['Conflict. The container name "/a" is already in use by container "b"', 409, "EngineRefused"],
  ["Failed to Setup IP tables: (iptables failed: iptables --wait -t nat -I DOCKER)", 500, "EngineFailed"],
  ["client version 1.51 is too new. Maximum supported API version is 1.41", 400, "EngineFailed"],
  ["failed to mount local volume: mount /nowhere: no such file or directory", 500, "EngineRefused"],
  ["No such container: 3f2a", 404, "EngineFailed"],
  [`network ${"ab".repeat(32)} not found`, 404, "EngineFailed"],
  ["network outside not found", 404, "EngineRefused"],
  ["something new", 500, "EngineRefused"],
  ["something new", 503, "EngineFailed"],
  ["context deadline exceeded", 500, "EngineFailed"],
  ['failed to dial "/run/containerd/containerd.sock": context deadline exceeded', 500, "EngineFailed"],
] as const)("%s", (message, status, reason) => {
  const error = engineError(answer(status, message), CREATE, HOST);
  expect(error.reason).toBe(reason);
  expect(error.message).toBe(`create: ${message}.`);
  expect(error.hint).not.toBe("");
  expect(statusOf(error)).toBe(status);
  expect(engineText(error)).toBe(message);
});

test("an address that is taken in a network is not a port that is taken on the host", () => {
  const hint = (message: string) => engineError(answer(500, message), CREATE, HOST).hint;
  expect(hint("failed to set up container networking: Address already in use")).toContain("fixed address");
  expect(hint("Address already in use")).toContain("fixed address");
  expect(hint("error starting userland proxy: listen tcp4 0.0.0.0:80: bind: address already in use")).toContain("port");
});

test.each([
  ["GET", "/networks"],
  ["POST", "/containers/abc/stop"],
  ["DELETE", "/containers/abc"],
] as const)("%s %s bears nothing of a Compose file: that it fails is the Engine's own trouble", (method, path) => {
  expect(engineError(answer(500, "something new"), { method, path, what: "x" }, HOST).reason).toBe("EngineFailed");
});

test("an Engine that fails without a word is told with some", () => {
  expect(engineError(answer(500, ""), CREATE, HOST)).toMatchObject({
    reason: "EngineFailed",
    message: "create: the Engine failed without a word.",
  });
});

test("the words of a stream's failure are found without JSON", () => {
  const thrown = Object.assign(new Error("(HTTP code 500) unexpected - went wrong "), { statusCode: 500, json: null });
  expect(engineText(thrown)).toBe("went wrong");
});

test.each([
  ["manifest for web:1 not found: manifest unknown: manifest unknown", "ImageUnavailable"],
  ["no matching manifest for linux/arm64 in the manifest list entries", "ImageUnavailable"],
  [
    "image with reference web:1 was found but does not match the specified platform: wanted linux/arm64",
    "ImageUnavailable",
  ],
  ["pull access denied for web, repository does not exist or may require 'docker login'", "RegistryDenied"],
  ["unauthorized: authentication required", "RegistryDenied"],
  ["toomanyrequests: You have reached your pull rate limit", "RegistryUnavailable"],
  ["received unexpected HTTP status: 503 Service Unavailable", "RegistryUnavailable"],
  ["dial tcp: lookup registry.example: no such host", "RegistryUnavailable"],
  ["net/http: TLS handshake timeout", "RegistryUnavailable"],
  ["failed to register layer: write /x: no space left on device", "DiskFull"],
] as const)("pull: %s", (text, reason) => {
  expect(pullError({ image: "web:1" }, text, null).reason).toBe(reason);
});

test("an image's own name says nothing about why it can't be pulled", () => {
  const image = "certificate-denied.example:5000/not-found/401:403";
  expect(pullError({ image }, `error pulling ${image}: unexpected EOF`, null)).toMatchObject({
    reason: "RegistryUnavailable",
    hint: expect.stringContaining("Check the network"),
  });
});

test.each([
  [undefined, "from reg.example (without a login)", "if it is private"],
  ["tallyman registry login reg.example, user ann", "user ann)", "does not take that login"],
] as const)("who was denied is told: %s", (loginSource, words, hint) => {
  const error = pullError({ image: "reg.example/a:1", registry: "reg.example", loginSource }, "unauthorized", null);
  expect(error.message).toContain(words);
  expect(error.hint).toContain(hint);
  expect(error.hint).toContain("docker login reg.example");
});
