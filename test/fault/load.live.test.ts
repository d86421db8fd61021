import { expect, test } from "bun:test";
import { closeSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import type { LogLine } from "../../src/engine.ts";
import { tallymanCommand } from "../support/daemon.ts";
import { until } from "../support/waiting.ts";
import { callSocket, NEW_STACK, type WebFixture, webFixture } from "../web/web-fixture.ts";

// Readers that are many, slow or gone, and containers that never stop talking: nothing piles up for any of them.

const MIB = 2 ** 20;
/** Generous beside what is measured (some 40 MiB, and the readers of this process), far below the 1.5 GiB that would pile up. */
const GROWTH_MIB = 500;
const REPOSITORY_ROOT = `${import.meta.dir}/../..`;

/** An open request whose answer nobody takes. */
function stalledReader(fixture: WebFixture, path: string): Socket {
  const socket = connect(fixture.socketPath).on("error", () => undefined);
  socket.pause();
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return socket;
}

function residentMiB(pid: number | "self"): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_024;
}

/** How many listen to the bus now. */
function countListeners({ bus }: WebFixture): () => number {
  const listeners = new Set<object>();
  const subscribe = bus.subscribe.bind(bus);
  bus.subscribe = (listener) => {
    listeners.add(listener);
    const end = subscribe(listener);
    return () => {
      listeners.delete(listener);
      end();
    };
  };
  return () => listeners.size;
}

test("a hundred readers of events, half of them stalled, cost bounded memory, and nothing once they are gone", async () => {
  await using fixture = await webFixture();
  const listening = countListeners(fixture);
  const path = "/api/v1/events?follow=1";
  const leaving = new AbortController();
  const reading = Array.from({ length: 50 }, async () => {
    const answer = await fetch(`http://localhost${path}`, { unix: fixture.socketPath, signal: leaving.signal });
    let bytes = 0;
    for await (const chunk of answer.body ?? []) bytes += chunk.length;
    return bytes;
  });
  const gone = Promise.allSettled(reading);
  const stalled = Array.from({ length: 50 }, () => stalledReader(fixture, path));
  await until("a hundred listen", () => listening() === 100);
  const before = residentMiB("self");
  let most = 0;
  for (let burst = 0; burst < 30; burst += 1) {
    for (let event = 0; event < 1_000; event += 1)
      fixture.bus.publish("shop", { type: "warning", message: "w".repeat(1_000) });
    await Bun.sleep(20);
    most = Math.max(most, residentMiB("self"));
  }
  for (const socket of stalled) socket.destroy();
  leaving.abort();
  await gone;
  await until("nobody listens", () => listening() === 0);
  console.log(`figure: 30 k events of 1 KiB to 100 readers, 50 stalled: ${Math.round(most - before)} MiB more`);
  expect(most - before).toBeLessThan(GROWTH_MIB);
}, 120_000);

/** A container that prints a gigabyte and more: lines of that length, counted as they are taken. */
function chatty(lineBytes: number) {
  const taken = { lines: 0 };
  const text = "x".repeat(lineBytes);
  async function* logs(_id: string, _options: object, signal: AbortSignal): AsyncGenerator<LogLine> {
    while (!signal.aborted && taken.lines * lineBytes < 1_024 * MIB) {
      taken.lines += 1;
      if (taken.lines % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      yield { at: "2026-01-01T00:00:00.000000001Z", stream: "stdout", text };
    }
  }
  const nobody = () => Promise.reject(new Error("nobody looks"));
  return { taken, engine: { info: nobody, observe: nobody, logs } };
}

test("a log that nobody takes is not read on", async () => {
  const { taken, engine } = chatty(1_000);
  await using fixture = await webFixture({ engine });
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  const reader = stalledReader(fixture, "/api/v1/stacks/shop/logs?follow=1");
  await untilStill(() => taken.lines);
  expect(taken.lines).toBeLessThan(20_000);
  reader.destroy();
}, 120_000);

test("`logs -f` into a pipe that is full waits, and holds the daemon and the Engine back", async () => {
  const { taken, engine } = chatty(1_000);
  await using fixture = await webFixture({ engine });
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  const words = [...tallymanCommand(), "logs", "shop", "-f", "--root", fixture.directory.path];
  // A shell's pipe: Bun would empty one of its own.
  const shell = Bun.spawn(["sh", "-c", '"$@" | { read -r first; echo "$first"; read -r _ <&3; }', "sh", ...words], {
    cwd: REPOSITORY_ROOT,
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  expect(new TextDecoder().decode((await shell.stdout.getReader().read()).value)).toStartWith("shop-web-1 | xxx");
  await untilStill(() => taken.lines);
  expect(taken.lines).toBeLessThan(20_000);
  closeSync(Number(shell.stdio[3]));
  await shell.exited;
}, 120_000);

/** Resolves when a count that moved has not moved for a second. */
async function untilStill(count: () => number): Promise<void> {
  let before = -1;
  await until(
    "it stands still",
    () => {
      const still = count() > 0 && count() === before;
      before = count();
      return still;
    },
    60_000,
    1_000,
  );
}
