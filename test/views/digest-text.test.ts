import { expect, test } from "bun:test";
import { shortDigests } from "../../views/digest-text.ts";

const DIGEST = `sha256:${"77aa00c4d5e6f708".repeat(4)}`;

test("digests are shortened wherever they stand, and nothing else", () => {
  expect(shortDigests(DIGEST)).toBe("77aa00c4d5e6");
  expect(shortDigests(`image changed a@${DIGEST} → b:1`)).toBe("image changed a@sha256:77aa00c4d5e6… → b:1");
  expect(shortDigests("sha256:77aa")).toBe("sha256:77aa");
});
