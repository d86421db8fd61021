import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppsDir, type AppsReport } from "../../src/folder/apps-dir.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/waiting.ts";

const HOUR = 3_600_000;
let directory: TemporaryDirectory;
let running: AppsDir[] = [];

beforeEach(() => {
  directory = temporaryDirectory("apps-dir");
  mkdirSync(at(""));
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  running = [];
  directory.remove();
});

const at = (path: string) => join(directory.path, "apps", path);

function app(slug: string): void {
  mkdirSync(at(slug), { recursive: true });
  writeFileSync(at(`${slug}/compose.yaml`), "services: {}\n");
}

/** A watcher whose stacks are those that were reported, as the daemon keeps them. */
async function watching(options: { readonly debounceMs?: number; readonly everyMs?: number } = {}) {
  const reports: Omit<AppsReport, "ignored">[] = [];
  const ignoredNames: string[] = [];
  const troubles: string[] = [];
  const known = new Set<string>();
  let failing = false;
  const appsDir = new AppsDir({
    directory: at(""),
    debounceMs: 60,
    everyMs: HOUR,
    ...options,
    known: async () => [...known],
    onReport: async ({ added, changed, vanished, ignored }) => {
      if (failing) throw new Error("no store");
      ignoredNames.push(...ignored.map(({ name }) => name));
      reports.push({ added, changed, vanished });
      for (const slug of added) known.add(slug);
      for (const slug of vanished) known.delete(slug);
    },
    onTrouble: (message) => troubles.push(message),
  });
  running.push(appsDir);
  await appsDir.start();
  const next = async (what: string) => {
    await until(what, () => reports.length > 0);
    return reports.splice(0);
  };
  const fail = (value: boolean) => {
    failing = value;
  };
  return { reports, troubles, ignoredNames, next, fail };
}

const NOTHING = { added: [], changed: [], vanished: [] };

describe("a report", () => {
  test("tells at the start what is there, then what came, changed and went", async () => {
    app("shop");
    const { next } = await watching();
    expect(await next("the first look")).toEqual([{ ...NOTHING, added: ["shop"] }]);
    app("blog");
    expect(await next("blog came")).toEqual([{ ...NOTHING, added: ["blog"] }]);
    writeFileSync(at("shop/app.conf"), "1");
    expect(await next("shop changed")).toEqual([{ ...NOTHING, changed: ["shop"] }]);
    rmSync(at("blog"), { recursive: true });
    expect(await next("blog went")).toEqual([{ ...NOTHING, vanished: ["blog"] }]);
  });

  test("gathers a burst of writes", async () => {
    app("shop");
    const { next, reports } = await watching();
    await next("the first look");
    for (let number = 0; number < 50; number += 1) writeFileSync(at(`shop/${number % 5}.conf`), `${number}`);
    expect(await next("the burst was told")).toEqual([{ ...NOTHING, changed: ["shop"] }]);
    app("end");
    expect(await next("the next thing is told")).toEqual([{ ...NOTHING, added: ["end"] }]);
    expect(reports).toEqual([]);
  });

  test("takes a folder that was deleted and put back for a changed one", async () => {
    app("shop");
    const { next } = await watching({ debounceMs: 200 });
    await next("the first look");
    rmSync(at("shop"), { recursive: true });
    app("shop");
    expect(await next("shop changed")).toEqual([{ ...NOTHING, changed: ["shop"] }]);
  });

  test("sees what an editor saves by a rename", async () => {
    app("shop");
    const { next } = await watching();
    await next("the first look");
    writeFileSync(at("shop/compose.yaml~"), "services: {web: {}}\n");
    renameSync(at("shop/compose.yaml~"), at("shop/compose.yaml"));
    expect(await next("shop changed")).toEqual([{ ...NOTHING, changed: ["shop"] }]);
  });

  test("does not take a folder that lost its Compose file for one that vanished", async () => {
    app("shop");
    const { next } = await watching();
    await next("the first look");
    rmSync(at("shop/compose.yaml"));
    expect(await next("shop changed")).toEqual([{ ...NOTHING, changed: ["shop"] }]);
  });

  test("names what is ignored once", async () => {
    app("shop");
    writeFileSync(at("notes.txt"), "");
    const { next, ignoredNames } = await watching();
    await next("the first look");
    app("Blog");
    await next("Blog was ignored");
    app("wiki");
    await next("wiki came");
    expect(ignoredNames).toEqual(["notes.txt", "Blog"]);
  });

  test("that failed is made again", async () => {
    const { next, fail, troubles } = await watching({ everyMs: 50 });
    fail(true);
    app("shop");
    await until("the trouble is told", () => troubles.length > 0);
    fail(false);
    expect(await next("shop came")).toEqual([{ ...NOTHING, added: ["shop"] }]);
    expect(troubles).toEqual([`the apps dir ${at("")} could not be taken in: no store`]);
  });

  test("knows two hundred folders and the one that changed", async () => {
    const slugs = Array.from({ length: 200 }, (_, number) => `app-${String(number).padStart(3, "0")}`);
    for (const slug of slugs) app(slug);
    const { next } = await watching();
    expect(await next("the first look")).toEqual([{ ...NOTHING, added: slugs }]);
    writeFileSync(at("app-117/compose.yaml"), "services: {web: {}}\n");
    expect(await next("one changed")).toEqual([{ ...NOTHING, changed: ["app-117"] }]);
  });
});

describe("an apps dir that is away", () => {
  test("reports nothing as vanished, is told once, and is watched again when it is back", async () => {
    app("shop");
    app("blog");
    const { next, troubles, reports } = await watching({ everyMs: 40 });
    await next("the first look");
    renameSync(join(directory.path, "apps"), join(directory.path, "apps-away"));
    await until("the trouble is told", () => troubles.length > 0);
    expect(reports).toEqual([]);
    mkdirSync(join(directory.path, "new"));
    renameSync(join(directory.path, "apps-away/shop"), join(directory.path, "new/shop"));
    renameSync(join(directory.path, "new"), join(directory.path, "apps"));
    expect(await next("blog did not come back")).toEqual([{ added: [], changed: ["shop"], vanished: ["blog"] }]);
    writeFileSync(at("shop/app.conf"), "1");
    expect(await next("shop changed")).toEqual([{ ...NOTHING, changed: ["shop"] }]);
    expect(troubles).toHaveLength(1);
  });

  test("is not taken for empty when only its mount point is left", async () => {
    const disk = `/dev/shm/tallyman-apps-${crypto.randomUUID()}`;
    mkdirSync(join(disk, "shop"), { recursive: true });
    writeFileSync(join(disk, "shop/compose.yaml"), "services: {}\n");
    rmSync(at(""), { recursive: true });
    mkdirSync(join(directory.path, "mountpoint"));
    symlinkSync(disk, join(directory.path, "apps"));
    try {
      const { next, troubles, reports } = await watching({ everyMs: 40 });
      await next("the first look");
      symlinkSync(join(directory.path, "mountpoint"), join(directory.path, "other"));
      renameSync(join(directory.path, "other"), join(directory.path, "apps"));
      await until("the trouble is told", () => troubles.length > 0);
      expect(troubles[0]).toContain("it is empty and on another file system than before");
      expect(reports).toEqual([]);
    } finally {
      rmSync(disk, { recursive: true });
    }
  });

  test("that is really empty has lost its stacks", async () => {
    app("shop");
    const { next } = await watching();
    await next("the first look");
    rmSync(at("shop"), { recursive: true });
    expect(await next("shop went")).toEqual([{ ...NOTHING, vanished: ["shop"] }]);
  });
});
