import { expect, test } from "bun:test";
import type { LogLine } from "../../src/engine.ts";
import { TallymanError } from "../../src/error.ts";
import { callSocket, NEW_STACK, type WebFixture, webFixture } from "./web-fixture.ts";

const AT = "2026-01-01T00:00:00Z";

/** Follows until the signal aborts, after one line that names the container and how it was asked for. */
async function* following(containerId: string, options: object, signal: AbortSignal): AsyncIterable<LogLine> {
  yield { at: AT, stream: "stdout", text: `${containerId} ${JSON.stringify(options)}` };
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
}

async function* linesOf(
  answer: Response,
): AsyncGenerator<{ readonly text?: string; readonly error?: { reason: string } }> {
  let text = "";
  for await (const chunk of answer.body ?? []) {
    text += new TextDecoder().decode(chunk);
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines.filter((one) => one !== "")) yield JSON.parse(line);
  }
}

const observe = () => Promise.reject(new Error("nobody looks"));

function read(fixture: WebFixture, query: string): Promise<Response> {
  return fetch(`http://localhost/api/v1/stacks/shop/logs${query}`, { unix: fixture.socketPath });
}

test("a followed log goes on with the containers that a deployment brings", async () => {
  await using fixture = await webFixture({
    engine: { info: () => Promise.reject(new Error()), logs: following, observe },
  });
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  const lines = linesOf(await read(fixture, "?follow=1&tail=7&since=10m"));
  expect((await lines.next()).value?.text).toBe('c0ffee {"tail":7,"follow":true,"since":"10m"}');
  const still = fixture.reconciler.status.bind(fixture.reconciler);
  fixture.reconciler.status = async (stackName) => {
    const status = await still(stackName);
    const successor = (service: (typeof status.services)[number]) => ({
      ...service,
      containers: [...service.containers, { ...service.containers[0], id: "beef", name: "shop-web-2" }],
    });
    return { ...status, services: status.services.map(successor) as typeof status.services };
  };
  fixture.bus.publish("other", { type: "containers-changed" });
  fixture.bus.publish("shop", { type: "containers-changed" });
  expect((await lines.next()).value?.text).toBe('beef {"follow":true}');
});

test("a container that cannot be read says so in its place, the others go on", async () => {
  async function* broken(): AsyncIterable<LogLine> {
    yield { at: AT, stream: "stderr", text: "before" };
    throw new TallymanError("EngineTimeout", "the Engine does not answer");
  }
  await using fixture = await webFixture({
    engine: { info: () => Promise.reject(new Error()), logs: broken, observe },
  });
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  const lines = await Array.fromAsync(linesOf(await read(fixture, "")));
  expect(lines).toMatchObject([{ text: "before" }, { container: "shop-web-1", error: { reason: "EngineTimeout" } }]);
});

test("a reader that leaves ends the reading of the Engine", async () => {
  const ended = Promise.withResolvers<void>();
  async function* watched(id: string, options: object, signal: AbortSignal): AsyncIterable<LogLine> {
    signal.addEventListener("abort", () => ended.resolve());
    yield* following(id, options, signal);
  }
  await using fixture = await webFixture({
    engine: { info: () => Promise.reject(new Error()), logs: watched, observe },
  });
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  const leaving = new AbortController();
  const path = "http://localhost/api/v1/stacks/shop/logs?follow=1";
  const answer = await fetch(path, { unix: fixture.socketPath, signal: leaving.signal });
  await linesOf(answer).next();
  leaving.abort();
  await ended.promise;
});
