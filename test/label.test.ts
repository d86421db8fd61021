import { expect, test } from "bun:test";
import { dependenciesFromLabel, isRetainedName, isServing, retainedName, successorName } from "../src/label.ts";

const id = "0123456789abcdef0123456789abcdef";

test("a retained container is recognised by its name alone", () => {
  expect(retainedName("shop-web-1", id)).toBe("shop-web-1_retained_0123456789ab");
  expect(isRetainedName(retainedName("shop-web-1", id))).toBe(true);
});

test("an ordinary name is not taken for a retained one", () => {
  for (const name of ["shop-web-1", "shop-web-1_retained_", "retained", "0123456789ab_shop-web-1"])
    expect(isRetainedName(name)).toBe(false);
});

test("a successor is named as Docker Compose names it", () => {
  expect(successorName("shop-web-1", id)).toBe("0123456789ab_shop-web-1");
});

test("the depends_on label tells who waits for whom", () => {
  const label = { "com.docker.compose.depends_on": "db:service_healthy:false,cache:service_started:true" };
  expect(dependenciesFromLabel(label)).toEqual(["db", "cache"]);
  expect(dependenciesFromLabel({})).toEqual([]);
});

test("neither a one-off nor a container that waits for the gate serves", () => {
  expect(isServing({ oneOff: false, name: "shop-web-1" })).toBe(true);
  expect(isServing({ oneOff: true, name: "shop-web-run-1" })).toBe(false);
  expect(isServing({ oneOff: false, name: retainedName("shop-web-1", "a".repeat(64)) })).toBe(false);
});
