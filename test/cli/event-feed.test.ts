import { expect, test } from "bun:test";
import type { Client } from "../../src/cli/client.ts";
import { followEvents } from "../../src/cli/event-feed.ts";
import { logEntries } from "../../src/cli/log-feed.ts";
import { TallymanError } from "../../src/error.ts";

const cut = () => new TallymanError("DaemonUnreachable", "cut");

/** A client whose every connection is the next of these; `null` is one that fails. */
function connections(...texts: readonly (string | null)[]): Client {
  const left = [...texts];
  return {
    json: () => Promise.reject(new Error("not asked")),
    async *stream() {
      const text = left.shift();
      if (text) yield text;
      throw cut();
    },
  };
}

test("an outage is told once, however often the connection is tried", async () => {
  const stop = new AbortController();
  const event = (id: string) => `id: ${id}\ndata: {"type":"warning","stack":"shop","id":"${id}"}\n\n`;
  let outages = 0;
  const ids: string[] = [];
  const client = connections(event("e-1"), null, event("e-2"));
  for await (const { id } of followEvents(client, stop.signal, () => (outages += 1))) {
    ids.push(id);
    if (id === "e-2") stop.abort();
  }
  expect(ids).toEqual(["e-1", "e-2"]);
  expect(outages).toBe(1);
}, 30_000);

test("the same for followed logs", async () => {
  const stop = new AbortController();
  const line = (second: number) => `{"at":"2026-02-03T04:05:0${second}Z","container":"web-1","text":"${second}"}\n`;
  let outages = 0;
  const texts: string[] = [];
  const client = connections(line(1), null, line(1) + line(2));
  const request = { stackName: "shop", serviceName: undefined, since: undefined, tail: 5, follow: true };
  for await (const { text } of logEntries(client, request, stop.signal, () => (outages += 1))) {
    texts.push(text);
    if (text === "2") stop.abort();
  }
  expect(texts).toEqual(["1", "2"]);
  expect(outages).toBe(1);
}, 30_000);

test("a first connection that fails is an error", async () => {
  const events = Array.fromAsync(followEvents(connections(null), new AbortController().signal));
  expect(await events.catch((thrown: unknown) => thrown)).toMatchObject({ reason: "DaemonUnreachable" });
});
