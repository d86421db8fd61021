import { expect, test } from "bun:test";
import { LoginLimiter } from "../../src/web/login-limiter.ts";

function limiter() {
  const clock = { ms: 0 };
  return { clock, limiter: new LoginLimiter(() => new Date(clock.ms)) };
}

test("the wait doubles with every failure after the third, up to five minutes", () => {
  const { clock, limiter: guesses } = limiter();
  const waits: number[] = [];
  for (let attempt = 0; attempt < 14; attempt += 1) {
    waits.push(guesses.waitMs("ada", "192.0.2.1") / 1_000);
    clock.ms += guesses.waitMs("ada", "192.0.2.1");
    guesses.attempt("ada", "192.0.2.1");
  }
  expect(waits).toEqual([0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
});

test("another account or another address does not wait for this one's failures", () => {
  const { limiter: guesses } = limiter();
  for (let attempt = 0; attempt < 4; attempt += 1) guesses.attempt("ada", "192.0.2.1");
  expect(guesses.waitMs("ada", "192.0.2.1")).toBeGreaterThan(0);
  expect([guesses.waitMs("bob", "192.0.2.1"), guesses.waitMs("ada", "192.0.2.2")]).toEqual([0, 0]);
});

test("one address that tries many accounts waits too", () => {
  const { limiter: guesses } = limiter();
  for (let attempt = 0; attempt < 15; attempt += 1) guesses.attempt(`user${attempt}`, "192.0.2.1");
  expect(guesses.waitMs("user99", "192.0.2.1")).toBe(1_000);
});

test("a right password forgives, and so does an hour", () => {
  const { clock, limiter: guesses } = limiter();
  for (let attempt = 0; attempt < 9; attempt += 1) guesses.attempt("ada", "a");
  guesses.succeeded("ada", "a");
  expect(guesses.waitMs("ada", "a")).toBe(0);
  for (let attempt = 0; attempt < 9; attempt += 1) guesses.attempt("ada", "a");
  clock.ms += 3_600_000;
  guesses.attempt("ada", "a");
  expect(guesses.waitMs("ada", "a")).toBe(0);
});

test("upper and lower case name the same account", () => {
  const { limiter: guesses } = limiter();
  for (const name of ["ada", "Ada", "ADA"]) guesses.attempt(name, "a");
  expect(guesses.waitMs("aDa", "a")).toBe(1_000);
});

test("a clock that is set back by a day keeps nobody out for longer", () => {
  const { clock, limiter: guesses } = limiter();
  for (let attempt = 0; attempt < 4; attempt += 1) guesses.attempt("ada", "192.0.2.1");
  const before = guesses.waitMs("ada", "192.0.2.1");
  clock.ms -= 86_400_000;
  expect(guesses.waitMs("ada", "192.0.2.1")).toBe(before);
});
