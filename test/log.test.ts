import { expect, test } from "bun:test";
import { createLog } from "../src/log.ts";

const now = () => new Date("2026-01-01T10:20:30Z");

test("off a terminal a line is one JSON object", () => {
  const lines: string[] = [];
  createLog((line) => lines.push(line), { terminal: false, now })("warn", "poll failed", {
    stack: "shop",
    error: new Error("no route"),
  });
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    at: "2026-01-01T10:20:30.000Z",
    level: "warn",
    message: "poll failed",
    stack: "shop",
    error: "no route",
  });
});

test("on a terminal a line is for people", () => {
  const lines: string[] = [];
  createLog((line) => lines.push(line), { terminal: true, now })("info", "listening", { port: 7411 });
  expect(lines).toEqual(["10:20:30 info  listening port=7411\n"]);
});
