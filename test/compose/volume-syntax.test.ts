import { expect, test } from "bun:test";
import { parseVolume } from "../../src/compose/volume-syntax.ts";

test.each([
  ["/anon", { type: "volume", target: "/anon", volume: {} }],
  ["data:/data/", { type: "volume", source: "data", target: "/data", volume: {} }],
  ["data:/d:nocopy", { type: "volume", source: "data", target: "/d", volume: { nocopy: true } }],
  ["data:/d:z", { type: "volume", source: "data", target: "/d", bind: { selinux: "z" }, volume: {} }],
  ["./x:/x:ro", { type: "bind", source: "./x", target: "/x", read_only: true, bind: { create_host_path: true } }],
  ["~/x:/x", { type: "bind", source: "~/x", target: "/x", bind: { create_host_path: true } }],
  [
    "/x:/x:rw,Z,cached,rshared",
    {
      type: "bind",
      source: "/x",
      target: "/x",
      bind: { selinux: "Z", propagation: "rshared", create_host_path: true },
    },
  ],
  ["data/x:/y", { type: "volume", source: "data/x", target: "/y", volume: {} }],
  ["C:\\x:/x", { type: "bind", source: "C:\\x", target: "/x", bind: { create_host_path: true } }],
])("%p in long form", (text, expected) => expect<object>(parseVolume(text, [])).toEqual(expected));

test.each([
  ["", "invalid empty volume spec"],
  [":/x", "invalid spec: :/x: empty section between colons"],
  ["data::", "invalid spec: data::: empty section between colons"],
  ["x1:b2:c3:d4", "invalid spec: x1:b2:c3:d4: too many colons"],
])("%p is refused: %s", (text, message) => expect(() => parseVolume(text, [])).toThrow(message));
