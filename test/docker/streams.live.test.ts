import { expect, test } from "bun:test";
import type { EngineChange, LogLine } from "../../src/engine.ts";
import type { Service } from "../../src/project.ts";
import { BUSYBOX_IMAGE } from "../support/images.ts";
import { sampleProject } from "../support/sample-project.ts";
import { until } from "../support/waiting.ts";
import { createOf, type EngineRig, engineRig } from "./engine-rig.ts";

const LIMIT = 120_000;

function project(name: string, service: Partial<Service>) {
  const alone = { image: BUSYBOX_IMAGE, restart: "no", networks: {}, network_mode: "none", stop_grace_period: "0s" };
  return sampleProject({ web: { ...alone, ...service } }, name);
}

async function allLines(rig: EngineRig, id: string, options: object): Promise<readonly LogLine[]> {
  return Array.fromAsync(rig.engine.logs(id, options, rig.signal));
}

test(
  "lines of both streams come with their time, whole and in order",
  async () => {
    await using rig = await engineRig(
      project("dk-logs", {
        command: ["sh", "-c", "echo one; sleep 0.2; echo two >&2; sleep 0.2; printf 'th\\377ree'"],
      }),
    );
    const id = await rig.run("web");
    // An Engine that is followed may keep a last line without newline to itself, so it is read again at the end.
    await allLines(rig, id, { follow: true });
    const lines = await allLines(rig, id, {});
    expect(lines.map(({ stream, text }) => [stream, text])).toEqual([
      ["stdout", "one"],
      ["stderr", "two"],
      ["stdout", "th\uFFFDree"],
    ]);
    for (const { at } of lines) expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
    expect((await allLines(rig, id, { tail: 1 })).map(({ text }) => text)).toEqual(["th\uFFFDree"]);
    expect((await allLines(rig, id, { since: lines[1]?.at ?? "" })).map(({ text }) => text)).toEqual([
      "two",
      "th\uFFFDree",
    ]);
    expect(await allLines(rig, id, { since: "0s" })).toEqual([]);
  },
  LIMIT,
);

test(
  "a line of a megabyte is cut at 16 KiB",
  async () => {
    await using rig = await engineRig(
      project("dk-long", { command: ["sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x; echo; echo after"] }),
    );
    const id = await rig.run("web");
    const lines = await allLines(rig, id, { follow: true });
    expect(lines.map(({ text }) => text.length)).toEqual([16 * 1024 + 1, 5]);
    expect(lines[0]?.text).toMatch(/^x{16384}…$/);
  },
  LIMIT,
);

test(
  "a terminal's output is read without frames",
  async () => {
    await using rig = await engineRig(project("dk-tty", { tty: true, command: ["sh", "-c", "echo one; echo two"] }));
    const lines = await allLines(rig, await rig.run("web"), { follow: true });
    expect(lines.map(({ text }) => text)).toEqual(["one", "two"]);
  },
  LIMIT,
);

test(
  "following ends when the signal aborts",
  async () => {
    await using rig = await engineRig(project("dk-follow", { command: ["sh", "-c", "echo up; sleep 1000"] }));
    const id = await rig.run("web");
    const abort = new AbortController();
    const texts: string[] = [];
    for await (const { text } of rig.engine.logs(id, { follow: true }, abort.signal)) {
      texts.push(text);
      abort.abort();
    }
    expect(texts).toEqual(["up"]);
  },
  LIMIT,
);

test(
  "the log of a container that is gone is NotFound",
  async () => {
    await using rig = await engineRig(project("dk-gone", {}));
    const error = await allLines(rig, "0".repeat(64), {}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ reason: "NotFound" });
  },
  LIMIT,
);

test(
  "changes begin with listening and tell what happens to the project's containers only",
  async () => {
    const shop = project("dk-events", { command: ["sh", "-c", "exit 0"] });
    const other = project("dk-events-other", { command: ["sh", "-c", "exit 0"] });
    await using rig = await engineRig(shop);
    await using otherRig = await engineRig(other);
    const seen: EngineChange[] = [];
    let id = "";
    for await (const change of rig.engine.changes(shop.name, rig.signal)) {
      seen.push(change);
      if (change.type === "listening") {
        await otherRig.run("web");
        id = await rig.run("web");
      }
      if (change.type === "container" && change.action === "die") break;
    }
    const of = (action: string) =>
      ({ type: "container", action, containerId: id, serviceName: "web", project: shop.name }) as const;
    expect(seen).toEqual([{ type: "listening" }, of("create"), of("start"), of("die")]);
  },
  LIMIT,
);

test(
  "listening ends without an error when the signal aborts",
  async () => {
    const shop = project("dk-events-end", {});
    await using rig = await engineRig(shop);
    const abort = new AbortController();
    const seen: string[] = [];
    for await (const { type } of rig.engine.changes(shop.name, abort.signal)) {
      seen.push(type);
      abort.abort();
    }
    expect(seen).toEqual(["listening"]);
    await rig.perform(createOf(shop, "web"));
  },
  LIMIT,
);

test(
  "a container that was started again is remembered with the codes of its former ends",
  async () => {
    const command = ["sh", "-c", "mkdir /first 2>/dev/null && exit 7; mkdir /second 2>/dev/null && exit 8; sleep 60"];
    await using rig = await engineRig(project("dk-exits", { command, restart: "always" }));
    const id = await rig.run("web");
    const again = async () => ((await rig.engine.inspect(id, rig.signal))?.restartCount ?? 0) >= 2;
    await until("it runs again", again, 30_000);
    const createdAt = (await rig.engine.inspect(id, rig.signal))?.createdAt ?? "";
    expect(await rig.engine.exitCodes(id, createdAt, rig.signal)).toEqual([7, 8]);
  },
  LIMIT,
);
