import { expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type DeployKey,
  encodeDeployKey,
  generateDeployKey,
  publicKeyOf,
  whereToPasteKey,
} from "../../src/git/deploy-key.ts";
import { output } from "../support/command.ts";
import { temporaryDirectory } from "../support/temporary.ts";

test("a generated pair is what ssh-keygen reads", async () => {
  await expectPair(generateDeployKey("tallyman-shop"));
});

test("a pair whose halves begin with zero bytes is read just as well", async () => {
  for (const part of ["x", "d"] as const) {
    const { d, x } = pairWithZero(part);
    await expectPair(encodeDeployKey(d, x, "tallyman-shop"));
  }
});

test.each(["", "a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg"])(
  "a comment %j is padded rightly",
  async (comment) => {
    const pair = generateDeployKey(comment);
    await expectPair({ ...pair, publicKey: pair.publicKey.trimEnd() });
  },
);

test("every pair is another one", () => {
  expect(generateDeployKey("a").publicKey).not.toBe(generateDeployKey("a").publicKey);
});

test("a given key must be a private one without a passphrase", async () => {
  using directory = temporaryDirectory("deploy-key");
  const file = join(directory.path, "locked");
  await output(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", file]);
  const locked = await Bun.file(file).text();
  for (const bad of ["", "rubbish", generateDeployKey("a").publicKey, locked]) {
    expect(() => publicKeyOf(bad)).toThrow(/^credential.secret: /);
  }
});

test("a known forge's page for deploy keys is named", () => {
  expect(whereToPasteKey("github.com", "me/shop.git")).toBe("https://github.com/me/shop/settings/keys/new");
  expect(whereToPasteKey("git.lan", "/me/shop.git")).toContain("git.lan");
});

async function expectPair({ privateKey, publicKey }: DeployKey): Promise<void> {
  using directory = temporaryDirectory("deploy-key");
  const file = join(directory.path, "key");
  writeFileSync(file, privateKey);
  chmodSync(file, 0o600);
  expect((await output(["ssh-keygen", "-y", "-f", file])).trimEnd()).toBe(publicKey);
  expect(publicKeyOf(privateKey)).toBe(publicKey);
}

function pairWithZero(part: "d" | "x"): { readonly d: Buffer; readonly x: Buffer } {
  while (true) {
    const { d = "", x = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
    const pair = { d: Buffer.from(d, "base64url"), x: Buffer.from(x, "base64url") };
    if (pair[part][0] === 0) return pair;
  }
}
