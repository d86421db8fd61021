import { expect, test } from "bun:test";
import { extract } from "tar-stream";
import { layerTar } from "../../src/docker/image-layer.ts";

async function namesIn(tar: Buffer): Promise<readonly string[]> {
  const names: string[] = [];
  const reader = extract();
  reader.end(tar);
  for await (const entry of reader) {
    names.push(`${entry.header.type} ${entry.header.name} ${entry.header.mode?.toString(8)}`);
    entry.resume();
  }
  return names;
}

test("a layer is sorted and names every folder, and the same files give the same bytes", async () => {
  const file = { kind: "file", path: "/b/c/x", content: "1", mode: 0o644 } as const;
  const link = { kind: "link", path: "/a", target: "/b" } as const;
  const tmp = { kind: "directory", path: "/tmp", mode: 0o1777 } as const;
  const first = await layerTar([file, tmp, link]);
  expect(await namesIn(first)).toEqual([
    "symlink a 777",
    "directory b 755",
    "directory b/c 755",
    "file b/c/x 644",
    "directory tmp 1777",
  ]);
  expect(first.equals(await layerTar([link, file, tmp]))).toBe(true);
});
