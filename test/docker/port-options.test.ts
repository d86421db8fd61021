import { describe, expect, test } from "bun:test";
import { leavesPortOpen } from "../../src/docker/port-options.ts";

const portsOf = (...published: readonly (string | undefined)[]) => ({
  ports: published.map((one) => ({ target: 80, ...(one === undefined ? {} : { published: one }) })),
});

describe("the Engine picks a host port", () => {
  test("out of a range", () => expect(leavesPortOpen(portsOf("8080", "9000-9010"))).toBe(true));
  test("when none is named", () => expect(leavesPortOpen(portsOf(undefined))).toBe(true));
  test("when zero is named", () => expect(leavesPortOpen(portsOf("0"))).toBe(true));
  test("not when every one is named", () => expect(leavesPortOpen(portsOf("8080", "8081"))).toBe(false));
  test("not when there are no ports", () => expect(leavesPortOpen({})).toBe(false));
});
