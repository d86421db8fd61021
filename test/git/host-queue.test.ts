import { expect, test } from "bun:test";
import { createHostQueue } from "../../src/git/host-queue.ts";

const forever = new AbortController().signal;

function job(log: string[], name: string) {
  const gate = Promise.withResolvers<void>();
  const work = async () => {
    log.push(`${name} begins`);
    await gate.promise;
    log.push(`${name} ends`);
    return name;
  };
  return { work, end: () => gate.resolve() };
}

test("no more than the limit ask one host; the others come in order", async () => {
  const queue = createHostQueue(1);
  const log: string[] = [];
  const [a, b, c, other] = [job(log, "a"), job(log, "b"), job(log, "c"), job(log, "other")];
  const first = queue("h", forever, a.work);
  const rest = [queue("h", forever, b.work), queue("h", forever, c.work)];
  const elsewhere = queue("x", forever, other.work);
  expect(log).toEqual(["a begins", "other begins"]);
  for (const each of [a, b, c, other]) each.end();
  expect(await Promise.all([first, ...rest, elsewhere])).toEqual(["a", "b", "c", "other"]);
  expect(log.filter((line) => /^[abc]/.test(line))).toEqual([
    "a begins",
    "a ends",
    "b begins",
    "b ends",
    "c begins",
    "c ends",
  ]);
});

test("who gives up while waiting frees the place for the next", async () => {
  const queue = createHostQueue(1);
  const log: string[] = [];
  const [a, b, c] = [job(log, "a"), job(log, "b"), job(log, "c")];
  const controller = new AbortController();
  const first = queue("h", forever, a.work);
  const second = queue("h", controller.signal, b.work).catch((thrown: unknown) => thrown);
  const third = queue("h", forever, c.work);
  controller.abort();
  expect(await second).toMatchObject({ reason: "Interrupted" });
  a.end();
  c.end();
  expect([await first, await third]).toEqual(["a", "c"]);
  expect(log).not.toContain("b begins");
});

test("a failure hands the place on", async () => {
  const queue = createHostQueue(1);
  const failing = queue("h", forever, () => Promise.reject(new Error("no"))).catch((thrown: unknown) => String(thrown));
  const next = queue("h", forever, async () => "next");
  expect(await Promise.all([failing, next])).toEqual(["Error: no", "next"]);
});
