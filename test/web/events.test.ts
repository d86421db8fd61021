import { describe, expect, test } from "bun:test";
import { Browser, callSocket, csrfOfSession, NEW_STACK, setUp, type WebFixture, webFixture } from "./web-fixture.ts";

/** Reads frames of an event stream, comments left out, until `count` are there or it ends. */
async function framesOf(answer: Response, count: number): Promise<readonly string[]> {
  const frames: string[] = [];
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const parts = text.split("\n\n");
    text = parts.pop() ?? "";
    frames.push(...parts.filter((part) => !part.startsWith(":")));
    if (frames.length >= count) break;
  }
  return frames;
}

function follow(fixture: WebFixture, headers: Record<string, string> = {}): Promise<Response> {
  return fetch("http://localhost/api/v1/events", {
    unix: fixture.socketPath,
    headers: { accept: "text/event-stream", ...headers },
  });
}

describe("the event stream", () => {
  test("begins with a snapshot and goes on with what happens", async () => {
    await using fixture = await webFixture();
    await callSocket(fixture, "POST", "/stacks", NEW_STACK);
    const answer = await follow(fixture);
    fixture.bus.publish("shop", { type: "containers-changed" });
    const [snapshot = "", event = ""] = await framesOf(answer, 2);
    expect(snapshot).toStartWith("id: e-1\nevent: snapshot\ndata: [{");
    expect(event).toBe(
      'id: e-2\ndata: {"type":"containers-changed","stack":"shop","id":"e-2","at":"2026-01-01T00:00:00.000Z"}',
    );
  });

  test("goes on where a reader was cut off, without loss or repetition", async () => {
    await using fixture = await webFixture();
    for (const path of ["a", "b", "c"]) fixture.bus.publish("shop", { type: "conflict-saved", path, savedAs: "" });
    const answer = await follow(fixture, { "last-event-id": "e-1" });
    fixture.bus.publish("shop", { type: "conflict-saved", path: "d", savedAs: "" });
    const frames = await framesOf(answer, 3);
    expect(frames.map((text) => /^id: (\S+)/.exec(text)?.[1])).toEqual(["e-2", "e-3", "e-4"]);
  });

  test("begins anew for a reader from before a restart", async () => {
    await using fixture = await webFixture();
    fixture.bus.publish("shop", { type: "containers-changed" });
    const frames = await framesOf(await follow(fixture, { "last-event-id": "other-77" }), 1);
    expect(frames[0]).toStartWith("id: e-1\nevent: snapshot");
  });

  test("ends on logout", async () => {
    await using fixture = await webFixture();
    const browser = await setUp(fixture);
    const answer = await browser.get("/api/v1/events?follow=1");
    expect(answer.status).toBe(200);
    const ended = framesOf(answer, Number.POSITIVE_INFINITY);
    const csrf = csrfOfSession(browser);
    expect((await browser.post("/logout", { csrf })).status).toBe(303);
    expect(await ended).toEqual(["event: snapshot\ndata: []"]);
  });

  test("ends within five seconds when its session is removed elsewhere", async () => {
    await using fixture = await webFixture();
    const browser = await setUp(fixture);
    const ended = framesOf(await browser.get("/api/v1/events?follow=1"), Number.POSITIVE_INFINITY);
    fixture.clock.ms += 8 * 86_400_000;
    expect(await Promise.race([ended, Bun.sleep(5_000)])).toEqual(["event: snapshot\ndata: []"]);
  });

  test("ends when the server stops", async () => {
    const fixture = await webFixture();
    const ended = framesOf(await follow(fixture), Number.POSITIVE_INFINITY);
    await fixture[Symbol.asyncDispose]();
    expect(await ended).toEqual(["event: snapshot\ndata: []"]);
  });

  test("is refused to a foreign site and without a session", async () => {
    await using fixture = await webFixture();
    await setUp(fixture);
    expect((await new Browser(fixture.url).get("/api/v1/events?follow=1")).status).toBe(401);
  });
});

test("without following, the latest events are a JSON list", async () => {
  await using fixture = await webFixture();
  for (const path of ["a", "b", "c"]) fixture.bus.publish("shop", { type: "conflict-saved", path, savedAs: "" });
  const { body } = await callSocket(fixture, "GET", "/events?limit=2");
  expect(body).toMatchObject([{ path: "b" }, { path: "c" }]);
});
