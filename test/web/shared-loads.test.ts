import { expect, test } from "bun:test";
import { SharedLoads } from "../../src/web/shared-loads.ts";

function counted() {
  let begun = 0;
  const load = async (): Promise<number> => {
    begun += 1;
    return begun;
  };
  return { load, begun: () => begun };
}

test("everybody who asks within a moment shares one load", async () => {
  const loads = new SharedLoads();
  const { load, begun } = counted();
  expect(await Promise.all([loads.get("a", load), loads.get("a", load), loads.get("a", load)])).toEqual([1, 1, 1]);
  expect(begun()).toBe(1);
});

test("a load that began before a change does not serve those who must see the change", async () => {
  const loads = new SharedLoads();
  const { load } = counted();
  await loads.get("a", load);
  const begunAfter = performance.now() + Number.EPSILON;
  await Bun.sleep(1);
  expect(await loads.get("a", load, { begunAfter })).toBe(2);
  expect(await loads.get("a", load, { begunAfter })).toBe(2);
});

test("a failed load is forgotten at once", async () => {
  const loads = new SharedLoads();
  await loads.get("a", () => Promise.reject(new Error("no"))).catch(() => undefined);
  expect(await loads.get("a", async () => "yes")).toBe("yes");
});
