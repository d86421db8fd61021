import { expect, test } from "bun:test";
import { buildError } from "../../src/docker/build-error.ts";
import { BuildProgress } from "../../src/docker/build-progress.ts";
import { readTrace } from "../../src/docker/build-trace.ts";

type Part = readonly [field: number, value: string | number | Buffer];

/** A protobuf message, as BuildKit writes it. */
function message(...parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.map(([field, value]) => {
      if (typeof value === "number") return Buffer.from([field * 8, value]);
      const bytes = Buffer.from(value);
      return Buffer.concat([Buffer.from([field * 8 + 2, 128 + (bytes.length % 128), bytes.length >> 7]), bytes]);
    }),
  );
}

const step = (digest: string, name: string, ...more: readonly Part[]): Part => [
  1,
  message([1, digest], [3, name], ...more),
];
const log = (digest: string, text: string): Part => [3, message([1, digest], [3, 1], [4, text])];
const trace = (...parts: readonly Part[]) => ({ id: "moby.buildkit.trace", aux: message(...parts).toString("base64") });
const STARTED: Part = [5, message([1, 1])];

test("a message is read field by field, unknown ones passed over", () => {
  const aux = message(
    step("d", "RUN x", [2, "input"], [4, 1], STARTED, [6, message()], [7, "no"]),
    [9, "new"],
    log("d", "line\n"),
  );
  expect(readTrace(aux.toString("base64"))).toEqual({
    steps: [{ digest: "d", name: "RUN x", cached: true, started: true, completed: true, error: "no" }],
    logs: [{ digest: "d", text: "line\n" }],
  });
});
test("a message that is cut or no message at all ends the reading", () => {
  const whole = message(step("d", "RUN x"), log("d", "l"));
  for (let length = 0; length <= whole.length; length += 1) readTrace(whole.subarray(0, length).toString("base64"));
  expect(readTrace("!!!")).toEqual({ steps: [], logs: [] });
});
test("steps are shown as they begin, lines now and then, the builder's own steps never", () => {
  const shown: string[] = [];
  const progress = new BuildProgress((text) => shown.push(text));
  progress.follow(trace(step("a", "[internal] load metadata for b", STARTED)), 0);
  progress.follow(trace(step("b", "[1/2] RUN x", STARTED)), 1_000);
  progress.follow(trace(log("b", "one\n")), 1_100);
  progress.follow(trace(log("b", "two\nthree\n")), 1_300);
  progress.follow(trace(step("c", "[2/2] RUN y", STARTED, [4, 1])), 1_301);
  expect(shown).toEqual(["[1/2] RUN x", "three", "[2/2] RUN y (cached)"]);
});
test("the classic builder's words are understood too", () => {
  const shown: string[] = [];
  const progress = new BuildProgress((text) => shown.push(text));
  progress.follow({ stream: "Step 1/2 : FROM a\n" }, 0);
  progress.follow({ stream: " ---> Running in 1\n" }, 1_000);
  expect(shown).toEqual(["Step 1/2 : FROM a", " ---> Running in 1"]);
  expect(buildError("web", { error: "exit 1" }, progress).message).toBe(
    "services.web.build failed at Step 1/2 : FROM a: exit 1\n   ---> Running in 1",
  );
});
test("a failure tells the step that failed, not one that was cancelled with it, and keeps twenty lines", () => {
  const progress = new BuildProgress(() => undefined);
  progress.follow(trace(step("a", "RUN a", STARTED), step("b", "RUN b", STARTED)), 0);
  for (let line = 1; line <= 30; line += 1) progress.follow(trace(log("b", `line ${line}\n`)), line);
  progress.follow(trace(step("a", "RUN a", STARTED, [7, "context canceled"])), 40);
  progress.follow(trace(step("b", "RUN b", STARTED, [7, "exit code: 1"])), 41);
  const [first, ...lines] = buildError("web", { error: "failed to solve: exit code: 1" }, progress).message.split("\n");
  expect(first).toBe("services.web.build failed at RUN b: exit code: 1");
  expect(lines).toHaveLength(20);
  expect(lines.at(-1)).toBe("  line 30");
});
test.each([
  ["no active sessions", "RegistryDenied"],
  ["dial tcp 1.2.3.4:443: i/o timeout", "RegistryUnavailable"],
  ["docker.io/a/b:1: not found", "ImageUnavailable"],
] as const)("a base image that fails with %s is %s", (text, reason) => {
  const progress = new BuildProgress(() => undefined);
  progress.follow(trace(step("a", "[internal] load metadata for docker.io/a/b:1", STARTED, [7, text])), 0);
  expect(buildError("web", { error: text }, progress)).toMatchObject({ reason });
});
test("a full disk is passing trouble", () =>
  expect(
    buildError("web", { error: "write /x: no space left on device" }, new BuildProgress(() => undefined)).reason,
  ).toBe("DiskFull"));
