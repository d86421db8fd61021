import { expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import { ContainerLooks } from "../../src/reconcile/container-looks.ts";
import { memoryFlow } from "../support/flow.ts";

test("a silent Engine is waited for once and then hardly, until it answers again", async () => {
  const { parts, engine, clock } = memoryFlow();
  const observe = engine.observe.bind(engine);
  const looks = new ContainerLooks(parts);
  const silence = Promise.withResolvers<void>();
  engine.observe = async (query) => {
    await silence.promise;
    return await observe(query);
  };
  const began = clock.time;
  const answers = [await looks.of("shop")];
  const first = clock.time - began;
  for (let page = 0; page < 3; page += 1) answers.push(await looks.of("shop"));
  expect(answers.map((seen) => !seen.ok && seen.error.reason)).toEqual(Array(4).fill("EngineTimeout"));
  expect([first, clock.slept.at(-1)]).toEqual([3_000, 500]);
  silence.resolve();
  engine.observe = observe;
  expect(await looks.of("shop")).toMatchObject({ ok: true });
});

test("whoever asked while the first one waited is not kept longer than that one", async () => {
  const { parts, engine, clock } = memoryFlow();
  engine.observe = () => new Promise(() => undefined);
  const looks = new ContainerLooks(parts);
  const began = clock.time;
  const first = looks.of("shop");
  await clock.sleep(2_900, new AbortController().signal);
  expect(await Promise.all([first, looks.of("blog")])).toMatchObject([{ ok: false }, { ok: false }]);
  expect(clock.time - began).toBe(3_000);
});

test("an Engine that is away is told with its own words at once", async () => {
  const { parts, engine, clock } = memoryFlow();
  engine.observe = () => Promise.reject(new TallymanError("EngineUnreachable", "no permission", { hint: "Be root." }));
  const seen = await new ContainerLooks(parts).of("shop");
  expect(seen).toMatchObject({ ok: false, error: { reason: "EngineUnreachable", hint: "Be root." } });
  expect(clock.slept).toEqual([]);
});
