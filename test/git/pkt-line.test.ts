import { expect, test } from "bun:test";
import { type Packet, PacketDecoder, pktLine } from "../../src/git/pkt-line.ts";

const bytes = (text: string) => Buffer.from(text);

test("a packet's length counts bytes, its own four included", () => {
  expect(pktLine("hello\n")).toBe("000ahello\n");
  expect(pktLine("ü")).toBe("0006ü");
});

test("packets are the same however the bytes are cut", () => {
  const wire = bytes(`${pktLine("one\n")}0001${pktLine("zwölf\n")}0000${pktLine("")}0002`);
  const whole: Packet[] = [
    { type: "data", text: "one\n" },
    { type: "delimiter" },
    { type: "data", text: "zwölf\n" },
    { type: "flush" },
    { type: "data", text: "" },
    { type: "end" },
  ];
  for (let size = 1; size <= wire.length; size++) {
    const decoder = new PacketDecoder();
    const packets: Packet[] = [];
    for (let at = 0; at < wire.length; at += size) packets.push(...decoder.push(wire.subarray(at, at + size)));
    expect(packets).toEqual(whole);
    expect(decoder.complete).toBe(true);
  }
});

test("a packet that is cut off leaves the decoder incomplete", () => {
  const decoder = new PacketDecoder();
  expect(decoder.push(bytes("000ahel"))).toEqual([]);
  expect(decoder.complete).toBe(false);
});

test.each(["<!doctype html>", "0003", "zzzz", "-001"])("%j is no packet", (text) => {
  expect(() => new PacketDecoder().push(bytes(text))).toThrow(/not Git's protocol/);
});
