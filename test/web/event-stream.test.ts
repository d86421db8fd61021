import { describe, expect, test } from "bun:test";
import { eventStream, frame, lineStream } from "../../src/web/event-stream.ts";

describe("a frame", () => {
  test("holds id, event and data", () => {
    expect(frame({ id: "e-1", event: "snapshot", data: "[]" })).toBe("id: e-1\nevent: snapshot\ndata: []\n\n");
  });

  test.each(["a\nb", "a\rb", "a\r\nb"])("keeps every line of %j as data", (data) => {
    expect(frame({ data })).toBe("data: a\ndata: b\n\n");
  });

  test("lets no text smuggle in an event", () => {
    const text = frame({ id: "1\nevent: evil", event: "x\n\ndata: evil", data: "y\n\nid: 9\nevent: evil" });
    expect(text.split("\n").filter((line) => /^(id|event):/.test(line))).toEqual([
      "id: 1 event: evil",
      "event: x  data: evil",
    ]);
    expect(text.split("\n\n")).toHaveLength(2);
  });
});

function lifetime() {
  const over = new AbortController();
  return { signal: over.signal, end: () => over.abort() };
}

async function* counted(values: readonly string[]) {
  for (const data of values) yield { data };
}

describe("a stream", () => {
  test("opens with a comment and ends with its source", async () => {
    const life = lifetime();
    const answer = eventStream(counted(["a", "b"]), life);
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(await answer.text()).toBe(": open\n\ndata: a\n\ndata: b\n\n");
    expect(life.signal.aborted).toBe(true);
  });

  test("beats while its source is silent, and ends when its life does", async () => {
    const life = lifetime();
    const silent = (async function* () {
      await new Promise((resolve) => life.signal.addEventListener("abort", resolve));
      yield* counted([]);
    })();
    const reader = eventStream(silent, life, 1).body?.getReader();
    const seen: string[] = [];
    while (seen.length < 4) seen.push(new TextDecoder().decode((await reader?.read())?.value));
    expect(seen).toEqual([": open\n\n", ": \n\n", ": \n\n", ": \n\n"]);
    life.end();
    while (!(await reader?.read())?.done);
  });

  test("asks its source for no more than the reader takes", async () => {
    let made = 0;
    const endless = (async function* () {
      for (made = 1; ; made += 1) yield { data: String(made) };
    })();
    const reader = eventStream(endless, lifetime()).body?.getReader();
    await reader?.read();
    await reader?.read();
    await Bun.sleep(5);
    expect(made).toBeLessThanOrEqual(3);
    await reader?.cancel();
  });

  test("tells its source when the reader leaves", async () => {
    const life = lifetime();
    const reader = eventStream(counted(["a"]), life).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(life.signal.aborted).toBe(true);
  });

  test("of lines is one JSON value a line", async () => {
    const values = (async function* () {
      yield { text: "a\nb" };
      yield 1;
    })();
    expect(await lineStream(values, lifetime()).text()).toBe('{"text":"a\\nb"}\n1\n');
  });
});
