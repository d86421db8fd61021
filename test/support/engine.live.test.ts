import { expect, test } from "bun:test";
import { testEngine } from "./engine.ts";

test("the rig's Engine answers and is not the user's", async () => {
  const engine = await testEngine();
  expect(engine.version).toMatch(/^\d+\.\d+/);
  expect(engine.socketPath).not.toBe("/var/run/docker.sock");
}, 90_000);
