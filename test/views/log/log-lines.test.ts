import { expect, test } from "bun:test";
import { logTail } from "../../../views/log/log-lines.tsx";

test("a stamp shows its time of day and keeps the rest for the hover", () => {
  expect(logTail(["2026-11-21T12:40:56.114203911Z starting"]).toString()).toContain(
    `<span class="t" title="2026-11-21T12:40:56.114203911Z">12:40:56.114</span> starting\n`,
  );
});

test("a line without a stamp stands as it is, colours become classes", () => {
  expect(logTail(["\u001b[31merror\u001b[0m here"]).toString()).toContain(`<span class="r">error</span> here`);
});
