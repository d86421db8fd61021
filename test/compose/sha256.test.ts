import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { sha256 } from "../../src/compose/sha256.ts";

test("every length around a block agrees with the platform's own", () => {
  for (let length = 0; length < 200; length += 1) {
    const text = "aé<".repeat(length).slice(0, length);
    expect(sha256(text)).toBe(createHash("sha256").update(text).digest("hex"));
  }
});
