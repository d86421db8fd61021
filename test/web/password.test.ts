import { expect, spyOn, test } from "bun:test";
import { checkPassword, hashPassword, NOBODY, refuseWeakPassword } from "../../src/web/password.ts";

test("a hash is argon2id with its own salt, and opens to its password alone", async () => {
  const [one, other] = await Promise.all([
    hashPassword("correct horse battery"),
    hashPassword("correct horse battery"),
  ]);
  expect(one).toStartWith("$argon2id$v=19$m=19456,t=2,");
  expect(one).not.toBe(other);
  expect(await checkPassword("correct horse battery", one)).toBe(true);
  expect(await checkPassword("correct horse batterz", one)).toBe(false);
});

test("what unknown names are compared with was made by the same rules as a password's hash", async () => {
  const shape = (hash: string) =>
    hash.split("$").map((part, index) => (index < 4 ? part : Buffer.from(part, "base64").length));
  expect(shape(NOBODY)).toEqual(shape(await hashPassword("correct horse battery")));
});

test("a name that does not exist costs the same work as one that does", async () => {
  const verify = spyOn(Bun.password, "verify");
  try {
    expect(await checkPassword("correct horse battery", null)).toBe(false);
    expect(await checkPassword("something else!", await hashPassword("correct horse battery"))).toBe(false);
    const [unknown, known] = verify.mock.calls.map(([, hash]) =>
      (typeof hash === "string" ? hash : "").split("$").slice(1, 4),
    );
    expect(unknown).toEqual(["argon2id", "v=19", "m=19456,t=2,p=1"]);
    expect(unknown).toEqual(known);
  } finally {
    verify.mockRestore();
  }
});

test("short and endless passwords are refused, whatever they are made of", () => {
  for (const password of ["", "Aa1!Aa1!Aa1", "a".repeat(257)])
    expect(() => refuseWeakPassword(password)).toThrow("password: must have 12 to 256 characters");
  refuseWeakPassword("all small and long");
});
