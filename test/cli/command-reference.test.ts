import { expect, test } from "bun:test";
import { commandReference, REFERENCE_FILE } from "./command-reference.ts";

test("docs/commands.md says what the program says (bun test/cli/command-reference.ts writes it anew)", async () => {
  expect(await Bun.file(REFERENCE_FILE).text()).toBe(commandReference());
});
