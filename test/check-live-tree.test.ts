import { describe, expect, test } from "bun:test";
import { checkLiveTree } from "../src/check-live-tree.ts";
import { TallymanError } from "../src/error.ts";

const ROOT = "/opt/tallyman";

describe("a live tree elsewhere", () => {
  test.each(["/srv/shop", "/opt/shop", "/opt/tallyman-evil", "/home/ada/shop", "/root/shop", "/var/www/shop"])(
    "may be %s",
    (path) => expect(checkLiveTree(path, ROOT)).toBe(path),
  );

  test.each([
    ["/", "is the whole host"],
    ["", "is not absolute"],
    ["srv/shop", "is not absolute"],
    ["/srv/../etc/shop", "is not written plainly"],
    ["/srv//shop", "is not written plainly"],
    ["/srv/shop/", "is not written plainly"],
    ["/srv/sh\nop", "holds a control character"],
    ["/opt/tallyman", "lies inside Tallyman's root"],
    ["/opt/tallyman/deployments/shop/tree", "lies inside Tallyman's root"],
    ["/srv", "is a system folder"],
    ["/etc/shop", "is a system folder"],
    ["/usr/bin", "is a system folder"],
    ["/usr/local/bin", "is a system folder"],
    ["/proc/1/root", "is a system folder"],
    ["/var/lib", "is a system folder"],
    ["/var/lib/docker/volumes/x", "is a system folder"],
    ["/run/shop", "is a system folder"],
  ])("may not be %p", (path, words) => {
    const thrown = caught(() => checkLiveTree(path, ROOT));
    expect(thrown.message).toStartWith("liveTree: ");
    expect(thrown.message).toContain(words);
  });

  test("may not hold Tallyman's root", () => {
    expect(caught(() => checkLiveTree("/data/host", "/data/host/tallyman")).message).toContain("holds Tallyman's root");
  });
});

function caught(work: () => unknown): TallymanError {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof TallymanError) return thrown;
  }
  throw new Error("no TallymanError");
}
